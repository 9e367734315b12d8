// Candidates by two goals: those on the frontier joined and named, dominated ones faded.

const pointSize = 6;

const shapes = [
  (x, y, r) => `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0Z`,
  (x, y, r) => `M${x - r} ${y - r}h${2 * r}v${2 * r}h${-2 * r}Z`,
  (x, y, r) => `M${x} ${y - r * 1.2}L${x + r * 1.15} ${y + r * 0.9}H${x - r * 1.15}Z`,
  (x, y, r) => `M${x} ${y - r * 1.3}L${x + r * 1.3} ${y}L${x} ${y + r * 1.3}L${x - r * 1.3} ${y}Z`,
  (x, y, r) => `M${x} ${y + r * 1.2}L${x + r * 1.15} ${y - r * 0.9}H${x - r * 1.15}Z`,
];

function frontierChart(figure, data) {
  const hidden = new Set();
  const chart = { data, hidden };
  const view = makeView(figure, {
    x: paddedRange(data.x, data.points.map((point) => point.x), 0.06),
    y: paddedRange(data.y, data.points.flatMap((point) => [point.y, point.low, point.high]), 0.08, data.thresholds),
    paint: (one) => paintFrontier(one, chart),
    read: (one, px, py) => readFrontier(one, chart, px, py),
    next: (one, direction) => nextCandidate(one, chart, direction),
  });
  if (data.groups.length > 1) {
    addLegend(view, data.groups.map((name, color) => ({ name: name || 'others', color, mark: 'area' })), hidden);
  }
  return view;
}

function paddedRange(axis, values, pad, thresholds = []) {
  const { to } = transformOf(axis.scale);
  const known = [...values.filter((value) => value !== null), ...thresholds.map(({ value }) => value)];
  const [low, high] = widened(extent(known.map(to)));
  const space = (high - low) * pad;
  const top = axis.scale === 'share' && high <= 1 ? Math.min(high + space, 1 + space / 3) : high + space;
  return [axis.scale !== 'logarithmic' && low >= 0 && low - space < 0 ? 0 : low - space, top];
}

function shownPoints(chart) {
  return chart.data.points.filter((point) => !chart.hidden.has(chart.data.groups[point.group] || 'others'));
}

function paintFrontier(view, chart) {
  const { data } = chart;
  const width = view.stage.clientWidth;
  const height = width < 560 ? 300 : 380;
  const whole = height + 66;
  const count = Math.floor(height / 55);
  const left = leftMargin([makeScale(data.y, view.y, height, 0)], [count]);
  const area = { left, right: width - 16, top: 26, bottom: 26 + height };
  const [xScale, yScale] = [makeScale(data.x, view.x, area.left, area.right), makeScale(data.y, view.y, area.bottom, area.top)];
  const svg = draw('svg', { width, height: whole, viewBox: `0 0 ${width} ${whole}`, 'aria-hidden': 'true' });
  const id = `${view.id}-clip`;
  const inside = draw('g', { 'clip-path': `url(#${id})` });
  Object.assign(view, { area, xScale, yScale, marks: draw('g') });
  drawXGrid(svg, area, xScale);
  drawYAxis(svg, area, yScale, count);
  const taken = drawYThresholds(svg, area, yScale, data.thresholds);
  drawXTicks(svg, area, xScale, area.bottom + 16);
  const points = shownPoints(chart);
  paintCandidates(inside, view, chart, points, taken);
  svg.append(
    draw('clipPath', { id }, draw('rect', { x: area.left - 8, y: area.top - 8, width: Math.max(0, area.right - area.left + 16), height: height + 16 })),
    inside,
    draw('text', { class: 'label', x: area.right, y: area.bottom + 33, 'text-anchor': 'end' }, axisText(data.x)),
    view.marks);
  view.content.replaceChildren(svg);
}

function paintCandidates(parent, view, chart, points, taken) {
  const { xScale, yScale, area } = view;
  const frontier = points.filter((point) => point.frontier);
  parent.append(draw('path', { class: 'frontier', d: frontierPath(frontier, xScale, yScale, chart.data.lowerX) }));
  for (const point of [...points].sort((one, other) => one.frontier - other.frontier)) {
    const [x, y] = [xScale.at(point.x), yScale.at(point.y)];
    const color = colorClass(point.group);
    const fade = point.frontier || point.recommended ? '' : ' dominated';
    if (point.low !== null && point.high !== null) {
      parent.append(draw('line', { class: `whisker ${color}${fade}`, x1: x, x2: x, y1: yScale.at(point.low), y2: yScale.at(point.high) }));
    }
    if (point.recommended) {
      parent.append(draw('circle', { class: 'recommended', cx: x, cy: y, r: pointSize + 5 }));
    }
    parent.append(draw('path', { class: `point ${color}${fade}`, d: shapes[point.group % shapes.length](x, y, pointSize) }));
  }
  nameCandidates(parent, view, points, area, taken);
}

function frontierPath(points, xScale, yScale, lowerX) {
  return points.map((point, index) => {
    const [x, y] = [coordinate(xScale.at(point.x)), coordinate(yScale.at(point.y))];
    return index === 0 ? `M${x} ${y}` : lowerX ? `H${x}V${y}` : `V${y}H${x}`;
  }).join('');
}

// Names where there is room, the recommended one first; a name covers no point and no other name.
function nameCandidates(parent, view, points, area, taken) {
  const inside = points.filter((point) => view.xScale.at(point.x) >= area.left && view.xScale.at(point.x) <= area.right);
  taken.push(...inside.map((point) => boxAt(view.xScale.at(point.x) - pointSize, view.yScale.at(point.y) - pointSize, 2 * pointSize, 2 * pointSize)));
  const named = inside.filter((point) => point.recommended || point.frontier).sort((one, other) => other.recommended - one.recommended);
  for (const point of named) {
    const [x, y, width] = [view.xScale.at(point.x), view.yScale.at(point.y), textWidth(point.name, point.recommended)];
    const spots = [[x + 12, y + 4, 'start'], [x + 8, y + 20, 'start'], [x - 12, y - 6, 'end'], [x - 12, y + 18, 'end'], [x, y - 14, 'middle'], [x, y + 26, 'middle']];
    for (const [textX, textY, anchor] of spots) {
      const left = anchor === 'start' ? textX : anchor === 'end' ? textX - width : textX - width / 2;
      const box = boxAt(left - 3, textY - 10, width + 6, 13);
      if (left >= area.left && box.right <= area.right + 10 && textY < area.bottom && box.top >= area.top - 14 && !taken.some((other) => overlaps(box, other))) {
        parent.append(draw('text', { class: point.recommended ? 'name strong' : 'name', x: textX, y: textY, 'text-anchor': anchor }, point.name));
        taken.push(box);
        break;
      }
    }
  }
}

function boxAt(left, top, width, height) {
  return { left, top, right: left + width, bottom: top + height };
}

function overlaps(one, other) {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
}

function readFrontier(view, chart, px, py) {
  const { xScale, yScale } = view;
  let best = { distance: 30 };
  for (const point of shownPoints(chart)) {
    const distance = Math.hypot(xScale.at(point.x) - px, yScale.at(point.y) - py);
    if (distance < best.distance) {
      best = { point, distance };
    }
  }
  if (!best.point) {
    return null;
  }
  const { point } = best;
  const [x, y] = [xScale.at(point.x), yScale.at(point.y)];
  view.marks.append(draw('circle', { class: `mark ${colorClass(point.group)}`, cx: x, cy: y, r: pointSize + 3 }));
  return { x, y, line: false, nodes: candidateNodes(chart.data, point) };
}

function candidateNodes(data, point) {
  const band = point.low !== null && point.high !== null ? ` (${valueText(data.y, point.low)} to ${valueText(data.y, point.high)})` : '';
  const standing = point.recommended ? 'recommended' : point.frontier ? 'on the frontier' : 'dominated';
  return [
    make('strong', {}, point.name),
    readingRows([
      { color: null, name: data.x.label, value: valueText(data.x, point.x) },
      { color: null, name: data.y.label, value: valueText(data.y, point.y) + band },
    ]),
    make('p', {}, [data.groups[point.group], standing, point.detail].filter((text) => text).join(' · ')),
  ];
}

function nextCandidate(view, chart, direction) {
  const { area } = view;
  const spots = shownPoints(chart).map((point) => [view.xScale.at(point.x), view.yScale.at(point.y)])
    .filter(([x, y]) => x >= area.left && x <= area.right && y >= area.top - 1 && y <= area.bottom + 1)
    .sort((one, other) => one[0] - other[0] || one[1] - other[1]);
  if (!spots.length) {
    return [area.left, area.top];
  }
  const current = view.at ? spots.findIndex(([x, y]) => Math.hypot(x - view.at[0], y - view.at[1]) < 0.5) : -1;
  const next = current < 0 ? (direction > 0 ? 0 : spots.length - 1) : Math.min(spots.length - 1, Math.max(0, current + direction));
  return spots[next];
}
