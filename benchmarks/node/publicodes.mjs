// publicodes: a rule a trait, and the outcome as nested variations.
// Of the ways to say a situation, constants that need no parsing are the fastest.

import { readFileSync } from 'node:fs'
import Engine from 'publicodes'

const manifest = new URL('./node_modules/publicodes/package.json', import.meta.url)
export const version = JSON.parse(readFileSync(manifest, 'utf8')).version

export function load({ publicodes }) {
  const engine = new Engine(publicodes.rules)
  return (row) => {
    const situation = {}
    for (const trait of publicodes.traits) situation[trait] = { constant: { type: 'string', nodeValue: row[trait] } }
    return engine.setSituation(situation).evaluate('outcome').nodeValue
  }
}
