// Decides the same rows in publicodes, json-logic-engine and our own JavaScript, and times them in turns.
//
//   node decisions.mjs input.json [--only name --load]
//
// Input: {diagram, logic, publicodes, rows, expected, seconds, rounds, check}. Every engine must answer every row as expected
// before anything is timed. Output: {engines: {name: {version, micros: [one a round], checked}}, node}.
// With --load: only how long one engine takes to be imported and to load the rules, in this fresh process.

import { readFileSync } from 'node:fs'

const engines = { ours: './ours.mjs', 'json-logic-engine': './json_logic_engine.mjs', publicodes: './publicodes.mjs' }
const input = JSON.parse(readFileSync(process.argv[2], 'utf8'))
const option = (name) => (process.argv.includes(name) ? process.argv[process.argv.indexOf(name) + 1] : undefined)

function check(name, decide, rows) {
  rows.forEach((row, i) => {
    const outcome = decide(row)
    if (outcome !== input.expected[i]) {
      throw new Error(`${name} answers ${outcome}, not ${input.expected[i]}, for ${JSON.stringify(row)}`)
    }
  })
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
  check(name, load(input), input.rows.slice(0, 1))
  const loaded = micros()
  const peak = process.resourceUsage().maxRSS
  return { imported: (imported - begin) / 1000, loaded: (loaded - imported) / 1000, peak }
}

async function timedDecisions() {
  const found = {}
  for (const [name, file] of Object.entries(engines)) {
    const { load, version } = await import(file)
    const decide = load(input)
    const begin = performance.now()
    check(name, decide, input.rows.slice(0, 40))
    const one = (performance.now() - begin) / 40
    const rows = input.rows.slice(0, Math.min(input.rows.length, Math.ceil((input.check * 1000) / one)))
    check(name, decide, rows)
    microsOfOne(decide, rows.slice(0, Math.ceil(500 / one)), input.seconds)
    found[name] = { version, decide, rows: rows.slice(0, Math.ceil(1000 / one)), checked: rows.length, micros: [] }
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
