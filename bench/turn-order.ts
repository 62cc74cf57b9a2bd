/**
 * Returns the order of the candidates in a round, by a Williams design. Over as many rounds as there are candidates
 * (twice as many for an odd number), each one comes first equally often and follows each other one equally often. No
 * candidate comes first in two consecutive rounds, unless it is the only one.
 *
 * @param count number of candidates
 * @param round counted from 0
 * @returns their indices, counted from 0, in the order of measurement
 */
export function turnOrder(count: number, round: number): number[] {
  // For an odd number one sequence contains only half of all steps between candidates. Its mirror image, used in every
  // other round, contains the other half.
  const direction = count % 2 === 1 && round % 2 === 1 ? -1 : 1;
  return Array.from({ length: count }, (_, turn) => {
    const zigzag = turn % 2 === 1 ? (turn + 1) / 2 : -turn / 2;
    return (((round + direction * zigzag) % count) + count) % count;
  });
}
