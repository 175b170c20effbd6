/**
 * The one-to-one assignment with the largest total: for each row its column. *Shape* of `gains` n × n, row by row.
 * *Source* Kuhn 1955 (Hungarian method), with shortest augmenting paths and potentials (Jonker & Volgenant 1987).
 */
export function bestAssignment(gains: Float64Array, n: number): Int32Array {
  // Rows and columns count from 1; column 0 stands for "none yet".
  const rowPotential = new Float64Array(n + 1);
  const columnPotential = new Float64Array(n + 1);
  const rowOf = new Int32Array(n + 1);
  const before = new Int32Array(n + 1);
  for (let row = 1; row <= n; row++) {
    rowOf[0] = row;
    let column = 0;
    const least = new Float64Array(n + 1).fill(Infinity);
    const done = new Uint8Array(n + 1);
    do {
      done[column] = 1;
      const own = rowOf[column] as number;
      let delta = Infinity;
      let next = 0;
      for (let j = 1; j <= n; j++) {
        if (done[j] === 1) continue;
        const cost =
          -(gains[(own - 1) * n + j - 1] as number) - (rowPotential[own] as number) - (columnPotential[j] as number);
        if (cost < (least[j] as number)) {
          least[j] = cost;
          before[j] = column;
        }
        if ((least[j] as number) < delta) {
          delta = least[j] as number;
          next = j;
        }
      }
      for (let j = 0; j <= n; j++) {
        if (done[j] === 1) {
          const held = rowOf[j] as number;
          rowPotential[held] = (rowPotential[held] as number) + delta;
          columnPotential[j] = (columnPotential[j] as number) - delta;
        } else least[j] = (least[j] as number) - delta;
      }
      column = next;
    } while (rowOf[column] !== 0);
    do {
      const previous = before[column] as number;
      rowOf[column] = rowOf[previous] as number;
      column = previous;
    } while (column !== 0);
  }
  const columns = new Int32Array(n);
  for (let j = 1; j <= n; j++) columns[(rowOf[j] as number) - 1] = j - 1;
  return columns;
}
