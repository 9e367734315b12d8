// Line, cumulative, stacked and timeline charts: panels over one x axis.

// Few points are marked each, many make a thinner line.
const fewPoints = 40;
const densePoints = 400;

function panelsChart(figure, data) {
  const kind = figure.dataset.kind;
  const hidden = new Set();
  const chart = { kind, data, hidden, isTail: false };
  const view = makeView(figure, {
    x: fullRange(data),
    paint: (one) => paintPanels(one, chart),
    read: (one, px, py) => readPanels(one, chart, px, py),
    next: (one, direction) => nextPoint(one, chart, direction),
  });
  const entries = new Map();
  for (const panel of data.panels) {
    for (const series of panel.series) {
      entries.set(series.name, { name: series.name, color: series.color, dashed: series.dashed, mark: panel.stacked ? 'area' : 'line' });
    }
  }
  if (entries.size > 1) {
    addLegend(view, entries.values(), hidden);
  }
  if (kind === 'cumulative') {
    addTailSwitch(view, chart);
  }
  return view;
}

function fullRange(data) {
  const { to } = transformOf(data.x.scale);
  const values = data.panels.flatMap((panel) => panel.series.map((series) => extent(series.xs.map(to)))).filter((range) => range).flat();
  return widened(extent([...values, ...data.xThresholds.map(({ value }) => to(value))]));
}

// The tail on a scale of nines, on which p99 and p99.9 are as far apart as p90 and p99.
function addTailSwitch(view, chart) {
  const button = make('button', { type: 'button', 'aria-pressed': 'false', title: 'Stretch the tail: 90 %, 99 %, 99.9 %' }, 'Tail');
  button.addEventListener('click', () => {
    chart.isTail = !chart.isTail;
    button.setAttribute('aria-pressed', String(chart.isTail));
    view.repaint();
  });
  view.tools.prepend(button);
}

function shownSeries(chart, panel) {
  return panel.series.filter((series) => !chart.hidden.has(series.name));
}

function paintPanels(view, chart) {
  const { data } = chart;
  const width = view.stage.clientWidth;
  const height = data.panels.length > 1 ? 118 : width < 560 ? 250 : 320;
  const gap = 34;
  const from = transformOf(data.x.scale).from;
  const [low, high] = view.x.map(from);
  const layouts = data.panels.map((panel, index) => layoutPanel(chart, panel, index, { low, high, height, gap }));
  const left = leftMargin(layouts.map((one) => one.scale), layouts.map((one) => one.count));
  const area = { left, right: width - 16, top: 26, bottom: 26 + data.panels.length * (height + gap) - gap };
  const whole = area.bottom + 40;
  const svg = draw('svg', { width, height: whole, viewBox: `0 0 ${width} ${whole}`, 'aria-hidden': 'true' });
  const xScale = makeScale(data.x, view.x, area.left, area.right);
  Object.assign(view, { area, xScale, layouts, marks: draw('g') });
  layouts.forEach((layout, index) => {
    const box = { left: area.left, right: area.right, top: layout.top, bottom: layout.top + height };
    paintPanel(svg, view, chart, layout, box, `${view.id}-${index}`);
  });
  drawXThresholds(svg, area, xScale, data.xThresholds, area.left + textWidth(axisText(layouts[0].axis), true));
  drawXTicks(svg, area, xScale, area.bottom + 16);
  svg.append(draw('text', { class: 'label', x: area.right, y: area.bottom + 33, 'text-anchor': 'end' }, axisText(data.x)), view.marks);
  view.content.replaceChildren(svg);
}

function layoutPanel(chart, panel, index, { low, high, height, gap }) {
  const series = shownSeries(chart, panel);
  const edges = panel.stacked ? stack(series) : [];
  const axis = chart.isTail ? { ...panel.y, scale: 'nines' } : panel.y;
  const top = 26 + index * (height + gap);
  const count = Math.max(2, Math.floor(height / 45));
  const range = chart.isTail ? tailRange(series) : yRange(chart, panel, series, edges, low, high, count);
  return { panel, series, edges, axis, top, count, scale: makeScale(axis, range, top + height, top) };
}

function tailRange(series) {
  const { to } = transforms.nines;
  const lasts = series.map((one) => (one.ys.length > 1 ? to(one.ys[one.ys.length - 2]) : 1));
  return [0, Math.max(1, ...lasts) + 0.2];
}

function yRange(chart, panel, series, edges, low, high, count) {
  if (chart.kind === 'cumulative') {
    return [0, 1.02];
  }
  const values = [];
  const collect = (list, one) => {
    const [from, to] = visible(one, low, high);
    values.push(...list.slice(from, to));
  };
  for (const one of series) {
    collect(one.ys, one);
    if (one.low) {
      collect(one.low, one);
      collect(one.high, one);
    }
  }
  for (const edge of edges) {
    collect(edge.top, edge.layer);
  }
  return niceRange(panel, values, count);
}

function niceRange(panel, values, count) {
  const { to } = transformOf(panel.y.scale);
  const range = extent(values.map((value) => (value === null ? NaN : to(value)))) ?? [0, 1];
  let [low, high] = range;
  if (panel.y.scale === 'logarithmic') {
    [low, high] = withThresholds(panel, [low, high], to, 0.5);
    return [low - 0.05 * (high - low || 1), high + 0.05 * (high - low || 1)];
  }
  [low, high] = withThresholds(panel, [low, high], to, high - Math.min(0, low));
  if (panel.stacked || (low >= 0 && low < 0.6 * high)) {
    low = 0;
  }
  [low, high] = widened([low, high]);
  const step = niceStep(high - low, count, panel.y.scale === 'time', panel.y.scale === 'share');
  const top = Math.ceil((high + 0.02 * (high - low)) / step - 1e-9) * step;
  const bottom = Math.floor(low / step + 1e-9) * step;
  const isShare = panel.y.scale === 'share' && high <= 1.0001;
  return [bottom, isShare ? Math.min(top, 1.02) : top];
}

// Thresholds near the data are in the picture, those far off are named at its edge.
function withThresholds(panel, [low, high], to, reach) {
  for (const { value } of panel.thresholds) {
    const place = to(value);
    if (place >= low - reach && place <= high + reach) {
      low = Math.min(low, place);
      high = Math.max(high, place);
    }
  }
  return [low, high];
}

function paintPanel(svg, view, chart, layout, box, id) {
  const clip = draw('clipPath', { id }, draw('rect', { x: box.left, y: box.top - 2, width: Math.max(0, box.right - box.left), height: box.bottom - box.top + 4 }));
  const lines = draw('g', { 'clip-path': `url(#${id})` });
  drawXGrid(svg, box, view.xScale);
  drawYAxis(svg, box, layout.scale, layout.count);
  const [low, high] = [view.xScale.valueAt(box.left), view.xScale.valueAt(box.right)];
  for (const edge of layout.edges) {
    lines.append(draw('path', { class: `layer ${colorClass(edge.layer.color)}`, d: layerPath(edge, visible(edge.layer, low, high), view.xScale, layout.scale, box) }));
  }
  if (!layout.panel.stacked) {
    for (const series of layout.series) {
      paintSeries(lines, view, chart, layout, box, series, visible(series, low, high));
    }
  }
  svg.append(clip, lines);
  drawYThresholds(svg, box, layout.scale, layout.panel.thresholds);
}

function paintSeries(parent, view, chart, layout, box, series, range) {
  const color = colorClass(series.color);
  if (series.low) {
    parent.append(draw('path', { class: `band ${color}`, d: bandPath(series, range, view.xScale, layout.scale, box) }));
  }
  const path = chart.kind === 'cumulative' ? cumulativePath : linePath;
  const dense = range[1] - range[0] > densePoints && chart.kind !== 'cumulative' ? ' dense' : '';
  const style = (series.dashed ? ' dashed' : series.color >= 8 ? ' dotted' : '') + dense;
  if (series.xs.length) {
    parent.append(draw('path', { class: `line ${color}${style}`, d: path(series, range, view.xScale, layout.scale, box) }));
  }
  if (!series.step && range[1] - range[0] <= fewPoints) {
    for (let index = range[0]; index < range[1]; index++) {
      const y = series.ys[index] === null ? NaN : layout.scale.at(series.ys[index]);
      if (Number.isFinite(y)) {
        parent.append(draw('circle', { class: `dot ${color}`, cx: xPixel(view.xScale, series.xs[index], box), cy: y, r: 3.2 }));
      }
    }
  }
}

// The x of a point nearest to the pointer, so that the read-out is of data and not between.
function snapped(view, chart, px) {
  const value = view.xScale.valueAt(px);
  let best = null;
  for (const layout of view.layouts) {
    for (const series of layout.series.filter((one) => one.xs.length)) {
      const x = series.xs[nearest(series.xs, value)];
      const distance = Math.abs(view.xScale.at(x) - px);
      if (distance < (best?.distance ?? Infinity)) {
        best = { x, distance };
      }
    }
  }
  return best?.x ?? null;
}

function indexAt(series, x) {
  return series.step ? lowerBound(series.xs, x) - (series.xs[lowerBound(series.xs, x)] === x ? 0 : 1) : nearest(series.xs, x);
}

function readPanels(view, chart, px, py) {
  const { area } = view;
  if (px < area.left - 4 || px > area.right + 4) {
    return null;
  }
  if (chart.kind === 'cumulative') {
    return readCumulative(view, chart, px, py);
  }
  const x = snapped(view, chart, px);
  if (x === null) {
    return null;
  }
  const pixel = xPixel(view.xScale, x, area);
  const rows = view.layouts.flatMap((layout) => readRows(view, layout, x, pixel));
  return { x: pixel, y: py, line: true, nodes: [make('strong', {}, `${chart.data.x.label} ${valueText(chart.data.x, x)}`), readingRows(rows)] };
}

function readRows(view, layout, x, pixel) {
  const rows = layout.series.map((series) => readSeries(view, layout, series, x, pixel));
  if (layout.panel.stacked) {
    rows.reverse();
    const total = layout.series.reduce((sum, series) => sum + (series.ys[indexAt(series, x)] ?? 0), 0);
    rows.push({ color: null, name: 'total', value: valueText(layout.axis, total) });
  }
  return view.layouts.length > 1 || layout.series.length === 1 ? [{ heading: layout.axis.label }, ...rows] : rows;
}

function readSeries(view, layout, series, x, pixel) {
  const index = indexAt(series, x);
  const value = index >= 0 ? series.ys[index] : null;
  const hasBand = series.low && index >= 0 && series.low[index] !== null && series.high[index] !== null;
  const band = hasBand ? ` (${valueText(layout.axis, series.low[index])} to ${valueText(layout.axis, series.high[index])})` : '';
  if (value !== null && !layout.panel.stacked) {
    view.marks.append(draw('circle', { class: `mark ${colorClass(series.color)}`, cx: pixel, cy: layout.scale.at(value), r: 4 }));
  }
  const mark = layout.panel.stacked ? 'area' : 'line';
  return { color: series.color, mark, dashed: series.dashed, name: series.name, value: valueText(layout.axis, value) + band };
}

// Two read-outs at once: the share within the value pointed at, and the value at the share pointed at.
function readCumulative(view, chart, px, py) {
  const [layout] = view.layouts;
  const axis = chart.data.x;
  const value = view.xScale.valueAt(px);
  const share = Math.min(1, Math.max(0, layout.scale.valueAt(py)));
  const within = layout.series.map((series) => {
    const index = lowerBound(series.xs, value * (1 + 1e-12)) - 1;
    return { ...series, mark: 'line', value: valueText(layout.axis, index < 0 ? 0 : series.ys[index]) };
  });
  const at = layout.series.filter((series) => series.xs.length).map((series) => {
    const quantile = series.xs[Math.min(series.xs.length - 1, lowerBound(series.ys, share - 1e-12))];
    view.marks.append(draw('circle', { class: `mark ${colorClass(series.color)}`, cx: xPixel(view.xScale, quantile, view.area), cy: py, r: 4 }));
    return { ...series, mark: 'line', value: valueText(axis, quantile) };
  });
  view.marks.prepend(draw('line', { class: 'cursor-line', x1: view.area.left, x2: view.area.right, y1: py, y2: py }));
  const rows = [{ heading: `within ${valueText(axis, value)}` }, ...within, { heading: `p${Number((share * 100).toFixed(share > 0.99 ? 2 : 1))}` }, ...at];
  return { x: px, y: py, line: true, nodes: [readingRows(rows)] };
}

// The next point at least some pixels away.
function nextPoint(view, chart, direction) {
  const { area } = view;
  const [px, py] = view.at ?? [direction > 0 ? area.left - 7 : area.right + 7, (area.top + area.bottom) / 2];
  if (chart.kind === 'cumulative') {
    return [Math.min(area.right, Math.max(area.left, px + 6 * direction)), py];
  }
  const step = 6;
  const xs = view.layouts.flatMap((layout) => layout.series).flatMap((series) => {
    const wanted = view.xScale.valueAt(px + step * direction);
    const index = direction > 0 ? lowerBound(series.xs, wanted) : lowerBound(series.xs, wanted) - 1;
    return index >= 0 && index < series.xs.length ? [view.xScale.at(series.xs[index])] : [];
  }).filter((x) => x >= area.left - 1 && x <= area.right + 1);
  return [xs.length ? (direction > 0 ? Math.min(...xs) : Math.max(...xs)) : px, py];
}
