// Decides the same rows in publicodes, json-logic-engine and our own JavaScript, and times them in turns.
//
//   node decisions.mjs input.json [--only name --load]
//
// Input: {ours, logic, publicodes, rows, expected, seconds, rounds, check}. Every engine must answer every row as expected
// before anything is timed. Output: {engines: {name: {version, micros: [one a round], checked}}, node}.
// With --load: only how long one engine takes to be imported and to load the rules, in this fresh process.

import { readFileSync } from 'node:fs'

const engines = { ours: './ours.mjs', 'json-logic-engine': './json_logic_engine.mjs', publicodes: './publicodes.mjs' }
const input = JSON.parse(readFileSync(process.argv[2], 'utf8'))
const option = (name) => (process.argv.includes(name) ? process.argv[process.argv.indexOf(name) + 1] : undefined)

// How many rows were checked: all, or as many as were decided in so many seconds.
function check(name, decide, rows, seconds = Infinity) {
  const begin = performance.now()
  for (const [i, row] of rows.entries()) {
    if (performance.now() - begin > seconds * 1000) return i
    const outcome = decide(row)
    if (outcome !== input.expected[i]) {
      throw new Error(`${name} answers ${outcome}, not ${input.expected[i]}, for ${JSON.stringify(row)}`)
    }
  }
  return rows.length
}

// Processor time: where others use the machine too, waiting for them is not counted.
function micros() {
  const { user, system } = process.cpuUsage()
  return user + system
}

function microsOfOne(decide, rows, seconds) {
  let decided = 0
  const begin = micros()
  do {
    for (const row of rows) decide(row)
    decided += rows.length
  } while (micros() - begin < seconds * 1e6)
  return (micros() - begin) / decided
}

async function timedLoad(name) {
  const begin = micros()
  const { load } = await import(engines[name])
  const imported = micros()
  check(name, await load(input), input.rows.slice(0, 1))
  const loaded = micros()
  const peak = process.resourceUsage().maxRSS
  return { imported: (imported - begin) / 1000, loaded: (loaded - imported) / 1000, peak }
}

async function timedDecisions() {
  const found = {}
  for (const [name, file] of Object.entries(engines)) {
    const { load, version } = await import(file)
    const decide = await load(input)
    const checked = check(name, decide, input.rows, input.check)
    const one = microsOfOne(decide, input.rows.slice(0, 40), input.seconds)
    const rows = input.rows.slice(0, Math.max(40, Math.ceil((input.seconds * 1e6) / one)))
    found[name] = { version, decide, rows, checked, micros: [] }
  }
  for (let round = 0; round < input.rounds; round++) {
    for (const one of Object.values(found)) one.micros.push(microsOfOne(one.decide, one.rows, input.seconds))
  }
  for (const one of Object.values(found)) {
    delete one.decide
    delete one.rows
  }
  return { node: process.version, engines: found }
}

const result = process.argv.includes('--load') ? await timedLoad(option('--only')) : await timedDecisions()
console.log(JSON.stringify(result))
