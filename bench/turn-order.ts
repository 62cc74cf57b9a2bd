/**
 * Who is measured when in a round: a Williams design, in which over as many rounds as there are contenders, or twice as many
 * of an odd number, each begins equally often and follows each other one equally often. In no two rounds that follow each
 * other does the same one begin, unless it is alone.
 *
 * @param count how many contenders there are
 * @param round from 0
 * @returns their indices, from 0, in the order of their turns
 */
export function turnOrder(count: number, round: number): number[] {
  // Of an odd number the steps from one to the next are half of all there are: the other half is those of the mirror image.
  const direction = count % 2 === 1 && round % 2 === 1 ? -1 : 1;
  return Array.from({ length: count }, (_, turn) => {
    const zigzag = turn % 2 === 1 ? (turn + 1) / 2 : -turn / 2;
    return (((round + direction * zigzag) % count) + count) % count;
  });
}
