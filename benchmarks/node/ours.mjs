// Our own JavaScript: a walk of the decision diagram.

export const version = ''

export function load({ diagram }) {
  const { root, nodes, answers } = diagram
  return (row) => {
    let place = root
    let node
    while ((node = nodes[place]) !== undefined) place = node.children[row[node.trait]]
    return answers[place]
  }
}
