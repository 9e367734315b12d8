// Grid lines, ticks and labels of a rectangle {left, right, top, bottom}.

function textWidth(text) {
  return text.length * 6.6;
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

// A threshold outside the picture is named at its edge, with an arrow to where it lies.
function drawYThresholds(parent, area, scale, thresholds) {
  for (const { value, label } of thresholds) {
    const exact = scale.at(value);
    const y = Math.min(area.bottom, Math.max(area.top, exact));
    const arrow = exact < area.top - 0.5 ? ' ↑' : exact > area.bottom + 0.5 ? ' ↓' : '';
    parent.append(draw('line', { class: 'threshold', x1: area.left, x2: area.right, y1: y, y2: y }));
    parent.append(draw('text', { class: 'threshold', x: area.right - 4, y: y < area.top + 14 ? y + 13 : y - 5, 'text-anchor': 'end' }, label + arrow));
  }
}

function drawXThresholds(parent, area, scale, thresholds) {
  let last = { right: -Infinity, level: -1 };
  for (const { value, label } of [...thresholds].sort((one, other) => one.value - other.value)) {
    const x = scale.at(value);
    if (!(x >= area.left && x <= area.right)) {
      continue;
    }
    const isLeft = x + textWidth(label) + 8 > area.right;
    const from = isLeft ? x - textWidth(label) - 4 : x;
    const level = from < last.right ? last.level + 1 : 0;
    parent.append(draw('line', { class: 'threshold', x1: x, x2: x, y1: area.top, y2: area.bottom }));
    parent.append(draw('text', { class: 'threshold', x: isLeft ? x - 4 : x + 4, y: area.top + 12 + 14 * level, 'text-anchor': isLeft ? 'end' : 'start' }, label));
    last = { right: from + textWidth(label) + 8, level };
  }
}
