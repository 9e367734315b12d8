// Bars from the top down, each with its name, its value and its interval.

function barChart(figure, data) {
  return makeView(figure, {
    x: null,
    paint: (view) => paintBars(view, data),
    read: (view, px, py) => readBar(view, data, py),
    next: (view, direction) => nextBar(view, data, direction),
  });
}

function barRange(data) {
  const values = data.bars.flatMap((bar) => [bar.value, bar.low, bar.high]);
  if (data.x.scale === 'logarithmic') {
    const places = values.filter((value) => value > 0).map(Math.log10);
    return widened([Math.floor(Math.min(...places)), Math.max(...places)]);
  }
  const [low, high] = extent([0, ...values, ...data.thresholds.map(({ value }) => value)]);
  return high > low ? [low, high] : [low, low + 1];
}

function paintBars(view, data) {
  const width = view.stage.clientWidth;
  // Names above their bars where there is no room beside them.
  const isNarrow = width < 560;
  const widest = Math.max(...data.bars.map((bar) => textWidth(bar.name)));
  const rowHeight = isNarrow ? 44 : 30;
  const labelWidth = isNarrow ? 4 : Math.min(widest + 14, width * 0.42);
  const valueWidth = Math.max(...data.bars.map((bar) => textWidth(valueText(data.x, bar.value), true))) + 14;
  const area = { left: labelWidth, right: width - valueWidth, top: 8, bottom: 8 + rowHeight * data.bars.length };
  const whole = area.bottom + 40;
  const scale = makeScale(data.x, barRange(data), area.left, area.right);
  const svg = draw('svg', { width, height: whole, viewBox: `0 0 ${width} ${whole}`, 'aria-hidden': 'true' });
  Object.assign(view, { area, xScale: scale, rowHeight, marks: draw('g') });
  drawXGrid(svg, area, scale);
  data.bars.forEach((bar, index) => paintBar(svg, data, area, scale, bar, area.top + index * rowHeight, rowHeight, isNarrow));
  drawXThresholds(svg, area, scale, data.thresholds);
  drawXTicks(svg, area, scale, area.bottom + 16);
  svg.append(draw('text', { class: 'label', x: area.right, y: area.bottom + 33, 'text-anchor': 'end' }, axisText(data.x)), view.marks);
  view.content.replaceChildren(svg);
}

function paintBar(svg, data, area, scale, bar, top, rowHeight, isNarrow) {
  const zero = data.x.scale === 'logarithmic' ? area.left : scale.at(0);
  const [barTop, height] = isNarrow ? [top + 19, 18] : [top + 5, rowHeight - 10];
  const middle = barTop + height / 2;
  const name = isNarrow
    ? draw('text', { class: 'name', x: area.left, y: top + 13 }, bar.name)
    : draw('text', { class: 'name', x: area.left - 8, y: middle + 4, 'text-anchor': 'end' }, shortened(bar.name, area.left - 10));
  svg.append(name);
  if (bar.value === null) {
    svg.append(draw('text', { class: 'tick', x: zero + 6, y: middle + 4 }, 'no data'));
    return;
  }
  const end = scale.at(bar.value);
  svg.append(draw('rect', { class: 'bar-body c0', x: Math.min(zero, end), y: barTop, width: Math.max(1, Math.abs(end - zero)), height }));
  let outer = Math.max(zero, end);
  if (bar.low !== null && bar.high !== null) {
    const [from, to] = [scale.at(bar.low), scale.at(bar.high)];
    svg.append(draw('path', { class: 'interval', d: `M${from} ${middle}H${to}M${from} ${middle - 4}v8M${to} ${middle - 4}v8` }));
    outer = Math.max(outer, to);
  }
  svg.append(draw('text', { class: 'value', x: outer + 6, y: middle + 4 }, valueText(data.x, bar.value)));
}

function shortened(text, width) {
  if (textWidth(text) <= width) {
    return text;
  }
  const most = Math.floor(text.length * width / textWidth(text));
  return `${text.slice(0, Math.max(1, most - 1))}…`;
}

function readBar(view, data, py) {
  const index = Math.floor((py - view.area.top) / view.rowHeight);
  const bar = data.bars[index];
  if (!bar) {
    return null;
  }
  const rows = [{ color: null, name: data.x.label, value: valueText(data.x, bar.value) }];
  if (bar.low !== null && bar.high !== null) {
    rows.push({ color: null, name: 'interval', value: `${valueText(data.x, bar.low)} to ${valueText(data.x, bar.high)}` });
  }
  const end = bar.value === null ? view.area.left : view.xScale.at(bar.value);
  const nodes = [make('strong', {}, bar.name), readingRows(rows), ...(bar.detail ? [make('p', {}, bar.detail)] : [])];
  return { x: Math.min(end, view.area.right), y: view.area.top + (index + 0.5) * view.rowHeight, line: false, nodes };
}

function nextBar(view, data, direction) {
  const current = view.at ? Math.floor((view.at[1] - view.area.top) / view.rowHeight) : direction > 0 ? -1 : data.bars.length;
  const next = Math.min(data.bars.length - 1, Math.max(0, current + direction));
  return [view.area.left, view.area.top + (next + 0.5) * view.rowHeight];
}
