// A Gantt chart on a canvas: tens of thousands of bars are painted anew at every move.

const rowLabelSize = 11;

// Room above the first row, for its label.
const padTop = 4;

function ganttChart(figure, data) {
  const hidden = new Set();
  const chart = { data, hidden, offsets: rowOffsets(data), longest: longestBars(data), ...textsOf(data) };
  const view = makeView(figure, {
    x: widened(extent([...data.start, ...data.end])),
    paint: (one) => paintGantt(one, chart),
    read: (one, px, py) => readGantt(one, chart, px, py),
  });
  chart.head = draw('svg', { height: 26, 'aria-hidden': 'true' });
  chart.canvas = make('canvas');
  chart.body = make('div', { class: 'rows' }, chart.canvas);
  view.content.append(chart.head, chart.body);
  chart.body.addEventListener('scroll', () => hideReading(view));
  addLegend(view, data.kinds.map((name, color) => ({ name, color, mark: 'area' })), hidden);
  return view;
}

// Where each row's bars begin; bars come sorted by row and start.
function rowOffsets(data) {
  return Array.from({ length: data.rows.length + 1 }, (_, row) => lowerBound(data.row, row));
}

function longestBars(data) {
  const longest = new Array(data.rows.length).fill(0);
  data.row.forEach((row, index) => {
    longest[row] = Math.max(longest[row], data.end[index] - data.start[index]);
  });
  return longest;
}

function textsOf(data) {
  const widest = Math.max(...data.rows.map(textWidth));
  return { left: Math.ceil(Math.min(150, Math.max(36, widest))) + 10 };
}

function rowHeightOf(count) {
  return Math.min(Math.max(Math.min(22, 560 / count), 9), 12000 / count);
}

// The first bar of a row that may reach into view: no bar is longer than the row's longest.
function firstBar(chart, row, low) {
  const wanted = low - chart.longest[row];
  let [from, to] = [chart.offsets[row], chart.offsets[row + 1]];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (chart.data.start[middle] < wanted) {
      from = middle + 1;
    } else {
      to = middle;
    }
  }
  return from;
}

function paintGantt(view, chart) {
  const { data } = chart;
  const rowHeight = rowHeightOf(data.rows.length);
  chart.body.style.height = `${Math.min(data.rows.length * rowHeight + 2 * padTop, 600)}px`;
  const width = chart.body.clientWidth;
  const height = data.rows.length * rowHeight + 2 * padTop;
  const area = { left: chart.left, right: width - 8, top: 26, bottom: 26 + chart.body.clientHeight };
  const xScale = makeScale(data.x, view.x, area.left, area.right);
  Object.assign(view, { area, xScale, rowHeight });
  paintHead(chart, area, xScale, width);
  const scale = window.devicePixelRatio || 1;
  chart.canvas.width = Math.round(width * scale);
  chart.canvas.height = Math.round(height * scale);
  Object.assign(chart.canvas.style, { width: `${width}px`, height: `${height}px` });
  const pen = chart.canvas.getContext('2d');
  pen.scale(scale, scale);
  const paint = paintsOf(view.figure, data.kinds.length);
  paintBackground(pen, chart, paint, area, xScale, rowHeight, height);
  pen.save();
  pen.beginPath();
  pen.rect(area.left, 0, area.right - area.left, height);
  pen.clip();
  pen.font = `${rowLabelSize}px system-ui, sans-serif`;
  pen.textBaseline = 'middle';
  for (let row = 0; row < data.rows.length; row++) {
    paintRow(pen, chart, paint, xScale, row, rowHeight);
  }
  pen.restore();
}

function paintHead(chart, area, xScale, width) {
  chart.head.setAttribute('width', width);
  chart.head.replaceChildren();
  drawXTicks(chart.head, area, xScale, 17);
}

function paintsOf(figure, count) {
  const style = getComputedStyle(figure);
  const colors = Array.from({ length: count }, (_, index) => style.getPropertyValue(`--c${index % 8}`).trim());
  return { colors, inks: colors.map(inkOn), text: style.getPropertyValue('--text').trim(), grid: style.getPropertyValue('--grid').trim() };
}

// Black or white, whichever is read more easily on a colour.
function inkOn(color) {
  const [red, green, blue] = [1, 3, 5].map((from) => parseInt(color.slice(from, from + 2), 16) / 255).map((part) => part ** 2.2);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.18 ? '#000000' : '#ffffff';
}

function paintBackground(pen, chart, paint, area, xScale, rowHeight, height) {
  const { rows } = chart.data;
  pen.clearRect(0, 0, area.right + 8, height);
  pen.fillStyle = paint.grid;
  for (const tick of ticksOf(xScale, xTickCount(area)).ticks) {
    pen.fillRect(Math.round(xScale.at(tick)), 0, 1, height);
  }
  for (let row = 0; row <= rows.length; row++) {
    pen.globalAlpha = 0.5;
    pen.fillRect(area.left, padTop + row * rowHeight, area.right - area.left, 0.5);
  }
  pen.globalAlpha = 1;
  pen.fillStyle = paint.text;
  pen.font = `${rowLabelSize}px system-ui, sans-serif`;
  pen.textAlign = 'right';
  pen.textBaseline = 'middle';
  const every = Math.ceil(12 / rowHeight);
  for (let row = 0; row < rows.length; row += every) {
    pen.fillText(rows[row], area.left - 6, padTop + (row + 0.5) * rowHeight, area.left - 8);
  }
  pen.textAlign = 'left';
}

function paintRow(pen, chart, paint, xScale, row, rowHeight) {
  const { data, hidden } = chart;
  const [low, high] = [xScale.low, xScale.high];
  const top = padTop + row * rowHeight + Math.min(1.5, rowHeight * 0.12);
  const height = rowHeight - Math.min(3, rowHeight * 0.24);
  let [lastPixel, lastKind] = [-1, -1];
  for (let index = firstBar(chart, row, low); index < chart.offsets[row + 1] && data.start[index] <= high; index++) {
    const kind = data.kind[index];
    if (data.end[index] < low || hidden.has(data.kinds[kind])) {
      continue;
    }
    const x = xScale.at(data.start[index]);
    const width = Math.max(0.8, xScale.at(data.end[index]) - x);
    // Several bars on one pixel look like one.
    if (width <= 1 && Math.floor(x) === lastPixel && kind === lastKind) {
      continue;
    }
    [lastPixel, lastKind] = [Math.floor(x), kind];
    pen.fillStyle = paint.colors[kind];
    pen.fillRect(x, top, width > 3 ? width - 0.7 : width, height);
    if (width > 24 && rowHeight >= 11) {
      paintLabel(pen, data.labels[data.label[index]], paint.inks[kind], Math.max(x, xScale.at(low)), x + width, top + height / 2);
    }
  }
}

function paintLabel(pen, text, ink, from, to, y) {
  if (to - from > pen.measureText(text).width + 6) {
    pen.fillStyle = ink;
    pen.fillText(text, from + 3, y + 0.5);
  }
}

function readGantt(view, chart, px, py) {
  const { data, hidden } = chart;
  const row = Math.floor((py - 26 - padTop + chart.body.scrollTop) / view.rowHeight);
  if (px < view.area.left || row < 0 || row >= data.rows.length || py < 26) {
    return null;
  }
  const value = view.xScale.valueAt(px);
  const reach = Math.abs(view.xScale.valueAt(px + 3) - value);
  let best = { index: -1, distance: reach };
  for (let index = firstBar(chart, row, value - reach); index < chart.offsets[row + 1] && data.start[index] <= value + reach; index++) {
    const distance = Math.max(0, data.start[index] - value, value - data.end[index]);
    if (!hidden.has(data.kinds[data.kind[index]]) && distance <= best.distance) {
      best = { index, distance };
    }
  }
  return best.index < 0 ? null : { x: px, y: py, line: false, nodes: ganttNodes(data, best.index) };
}

function ganttNodes(data, index) {
  const detail = data.details[data.detail[index]];
  const [start, end] = [data.start[index], data.end[index]];
  const length = data.x.scale === 'time' ? { ...data.x, scale: 'linear', unit: 's' } : data.x;
  return [
    make('strong', {}, data.labels[data.label[index]]),
    readingRows([
      { color: data.kind[index], mark: 'area', name: data.kinds[data.kind[index]], value: data.rows[data.row[index]] },
      { color: null, name: 'from', value: valueText(data.x, start) },
      { color: null, name: 'to', value: valueText(data.x, end) },
      { color: null, name: 'lasts', value: valueText(length, end - start) },
    ]),
    ...(detail ? [make('p', {}, detail)] : []),
  ];
}
