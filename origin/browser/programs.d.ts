// Programs that the page loads before its module.
import type { Idiomorph as IdiomorphProgram } from 'idiomorph';
import type UPlot from 'uplot';

declare global {
  const Idiomorph: typeof IdiomorphProgram;
  const uPlot: typeof UPlot;
}
