// json-logic-engine, compiled.

import { readFileSync } from 'node:fs'
import { LogicEngine } from 'json-logic-engine'

const manifest = new URL('./node_modules/json-logic-engine/package.json', import.meta.url)
export const version = JSON.parse(readFileSync(manifest, 'utf8')).version

export function load({ logic }) {
  return new LogicEngine().build(logic)
}
