// Grid lines, ticks and labels of a rectangle {left, right, top, bottom}.

const ruler = document.createElement('canvas').getContext('2d');

function textWidth(text, isBold = false) {
  ruler.font = `${isBold ? 'bold ' : ''}12px ${getComputedStyle(document.body).fontFamily}`;
  return ruler.measureText(text).width;
}

function leftMargin(scales, counts) {
  let widest = 0;
  scales.forEach((scale, index) => {
    const { ticks, step } = ticksOf(scale, counts[index]);
    for (const tick of ticks) {
      widest = Math.max(widest, textWidth(tickText(scale.axis, tick, step)));
    }
  });
  return Math.ceil(widest) + 12;
}

function drawYAxis(parent, area, scale, count) {
  const { ticks, step } = ticksOf(scale, count);
  let last = Infinity;
  for (const tick of ticks) {
    const y = scale.at(tick);
    parent.append(draw('line', { class: tick === 0 ? 'zero' : 'grid', x1: area.left, x2: area.right, y1: y, y2: y }));
    if (last - y >= 13) {
      parent.append(draw('text', { class: 'tick', x: area.left - 6, y: y + 4, 'text-anchor': 'end' }, tickText(scale.axis, tick, step)));
      last = y;
    }
  }
  parent.append(draw('text', { class: 'label', x: area.left, y: area.top - 8 }, axisText(scale.axis)));
}

function drawXGrid(parent, area, scale) {
  for (const tick of ticksOf(scale, xTickCount(area)).ticks) {
    parent.append(draw('line', { class: 'grid', x1: scale.at(tick), x2: scale.at(tick), y1: area.top, y2: area.bottom }));
  }
}

function xTickCount(area) {
  return Math.max(2, Math.floor((area.right - area.left) / 85));
}

function drawXTicks(parent, area, scale, y) {
  const { ticks, step } = ticksOf(scale, xTickCount(area));
  let last = -Infinity;
  for (const tick of ticks) {
    const text = tickText(scale.axis, tick, step);
    const [x, half] = [scale.at(tick), textWidth(text) / 2];
    if (x - half < last + 8) {
      continue;
    }
    const anchor = x + half > area.right + 14 ? 'end' : x - half < 0 ? 'start' : 'middle';
    parent.append(draw('text', { class: 'tick', x, y, 'text-anchor': anchor }, text));
    last = x + half;
  }
}

// Answers with the boxes that the names take. A threshold outside the picture is named at its edge, with an arrow to where it lies.
function drawYThresholds(parent, area, scale, thresholds) {
  return thresholds.map(({ value, label }) => {
    const exact = scale.at(value);
    const y = Math.min(area.bottom, Math.max(area.top, exact));
    const arrow = exact < area.top - 0.5 ? ' ↑' : exact > area.bottom + 0.5 ? ' ↓' : '';
    parent.append(draw('line', { class: 'threshold', x1: area.left, x2: area.right, y1: y, y2: y }));
    parent.append(draw('text', { class: 'threshold', x: area.right - 4, y: y < area.top + 14 ? y + 13 : y - 5, 'text-anchor': 'end' }, label + arrow));
    const width = textWidth(label + arrow, true);
    return boxAt(area.right - 4 - width, y < area.top + 14 ? y + 2 : y - 16, width, 14);
  });
}

// Names stand above the picture, or inside it where the label of the y axis stands.
function drawXThresholds(parent, area, scale, thresholds, labelRight = 0) {
  let last = { right: labelRight + 10, level: -1 };
  for (const { value, label } of [...thresholds].sort((one, other) => one.value - other.value)) {
    const x = scale.at(value);
    if (!(x >= area.left - 0.5 && x <= area.right + 0.5)) {
      continue;
    }
    const width = textWidth(label, true);
    const from = Math.min(Math.max(x - width / 2, area.left), area.right + 12 - width);
    const level = from < last.right ? last.level + 1 : -1;
    parent.append(draw('line', { class: 'threshold', x1: x, x2: x, y1: area.top, y2: area.bottom }));
    parent.append(draw('text', { class: 'threshold', x: level < 0 ? from : Math.min(x + 4, area.right - width), y: level < 0 ? area.top - 8 : area.top + 12 + 14 * level }, label));
    last = { right: Math.max(last.right, (level < 0 ? from : x + 4) + width + 8), level };
  }
}
