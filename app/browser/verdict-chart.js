/** Stacked from the bottom to the top. */
const VERDICTS = ['hit', 'new', 'moved', 'invalid'];
const SERIES = [...VERDICTS, 'refused'];
const HEIGHT = 230;

/**
 * Draws stacked bars over time: requests by verdict, and those that failed.
 *
 * @param {HTMLElement} container
 */
export function createVerdictChart(container) {
  container.hidden = false;
  const colour = (/** @type {string} */ name) => getComputedStyle(container).getPropertyValue(`--${name}`);
  // Each layer is drawn as the sum of itself and all layers below. The highest comes first, so that the next covers its
  // lower part.
  const layers = SERIES.toReversed();
  const bars = uPlot.paths.bars?.({ size: [0.82, 24], align: 1 });
  const axis = {
    stroke: () => colour('muted'),
    font: '12px system-ui, sans-serif',
    ticks: { show: false },
    grid: { stroke: () => colour('line'), width: 1 },
  };
  const chart = new uPlot(
    {
      width: container.clientWidth,
      height: HEIGHT,
      padding: [10, 18, 0, 0],
      legend: { show: false },
      cursor: { show: false },
      scales: { y: { range: (_chart, _min, max) => [0, Math.max(4, (max ?? 0) * 1.05)] } },
      axes: [
        { ...axis, grid: { show: false }, size: 26, space: 80, values: (_chart, seconds) => seconds.map(clockTime) },
        { ...axis, size: 44, space: 36, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 50_000] },
      ],
      series: [
        {},
        ...layers.map((verdict) => ({
          fill: () => colour(verdict),
          width: 0,
          points: { show: false },
          ...(bars && { paths: bars }),
        })),
      ],
    },
    [[], ...layers.map(() => [])],
    container,
  );

  new ResizeObserver(() => chart.setSize({ width: container.clientWidth, height: HEIGHT })).observe(container);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => chart.redraw(false, true));

  return {
    /** @param {RequestHistory} history */
    show({ startMs, bucketMs, verdicts, refused }) {
      const counts = [...VERDICTS.map((verdict) => verdicts[verdict] ?? []), refused];
      const seconds = (counts[0] ?? []).map((_count, index) => (startMs + index * bucketMs) / 1000);
      const sums = counts.map((_counts, layer) =>
        seconds.map((_second, index) => counts.slice(0, layer + 1).reduce((sum, of) => sum + (of[index] ?? 0), 0)),
      );
      chart.setData([seconds, ...sums.toReversed()]);
    },
  };
}

/** UTC, like all times on the page. @param {number} seconds */
function clockTime(seconds) {
  return new Date(seconds * 1000).toISOString().slice(11, 16);
}
