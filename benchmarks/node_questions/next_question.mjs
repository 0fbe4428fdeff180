// publicodes' own next question. The first line of standard input is the model and its target; then one situation
// a line, as JSON; each is answered by a line with the missing variables, in the order that computeNextFields gives.
import Engine from 'publicodes'
import { computeNextFields } from '@publicodes/forms'
import { createInterface } from 'node:readline'

let engine, target
for await (const line of createInterface({ input: process.stdin })) {
  const said = JSON.parse(line)
  if (engine === undefined) {
    engine = new Engine(said.model)
    target = said.target
    continue
  }
  engine.setSituation(said)
  const fields = computeNextFields(engine, { targets: [target], pages: [] })
  console.log(JSON.stringify({ fields, value: engine.evaluate(target).nodeValue ?? null }))
}
