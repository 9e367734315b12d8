// What all charts share: tool bar, legend, tooltip, keyboard, drag to zoom. Ranges are in places (see scales.js).

const dragThreshold = 6;

// options: x, y = full ranges or null; paint(view); read(view, px, py) -> {x, y, line, nodes} or null; next(view, direction) -> [px, py].
function makeView(figure, options) {
  const plot = figure.querySelector('.plot');
  const view = {
    figure, plot, options,
    bar: make('div', { class: 'bar' }),
    stage: make('div', { class: 'stage', tabindex: '0', role: 'group' }),
    tooltip: make('div', { class: 'tooltip', role: 'status' }),
    cursor: make('div', { class: 'cursor' }),
    selection: make('div', { class: 'selection' }),
    content: make('div'),
    x: options.x && [...options.x],
    y: options.y && [...options.y],
    area: { left: 0, right: 0, top: 0, bottom: 0 },
    at: null,
  };
  const title = figure.querySelector('h3').textContent;
  view.stage.setAttribute('aria-label', `${title}. ${options.x ? 'Arrow keys move the read-out, plus and minus zoom, 0 shows everything.' : 'Arrow keys move the read-out.'} The numbers follow as a table.`);
  view.stage.append(view.content, view.cursor, view.selection, view.tooltip);
  plot.append(view.bar, view.stage);
  addTools(view);
  listen(view);
  view.repaint = () => {
    hideReading(view);
    options.paint(view);
  };
  return view;
}

function addTools(view) {
  view.legend = make('div', { class: 'legend' });
  view.tools = make('div', { class: 'tools' });
  view.bar.append(view.legend, view.tools);
  if (!view.options.x) {
    return;
  }
  const tool = (text, label, action) => {
    const button = make('button', { type: 'button', title: label, 'aria-label': label }, text);
    button.addEventListener('click', action);
    view.tools.append(button);
    return button;
  };
  tool('+', 'Zoom in', () => zoomBy(view, 0.5));
  tool('−', 'Zoom out', () => zoomBy(view, 2));
  tool('‹', 'Move left', () => panBy(view, -0.25));
  tool('›', 'Move right', () => panBy(view, 0.25));
  view.whole = tool('Reset', 'Show everything', () => zoomTo(view, view.options.x, view.options.y));
  view.whole.disabled = true;
}

// Entries: {name, color, mark: 'line' | 'area', dashed}. A click shows or hides.
function addLegend(view, entries, hidden) {
  for (const entry of entries) {
    const swatch = make('span', { class: `swatch ${entry.mark} ${colorClass(entry.color)}${entry.dashed ? ' dashed' : ''}` });
    const button = make('button', { type: 'button', 'aria-pressed': 'true', title: 'Show or hide' }, swatch, entry.name);
    button.addEventListener('click', () => {
      const isHidden = !hidden.delete(entry.name);
      if (isHidden) {
        hidden.add(entry.name);
      }
      button.setAttribute('aria-pressed', String(!isHidden));
      view.repaint();
    });
    view.legend.append(button);
  }
}

function clamped([low, high], [least, most]) {
  const width = Math.min(Math.max(high - low, (most - least) * 1e-6), most - least);
  const start = Math.min(Math.max(low, least), most - width);
  return [start, start + width];
}

function zoomTo(view, x, y) {
  view.x = clamped(x, view.options.x);
  if (view.options.y && y) {
    view.y = clamped(y, view.options.y);
  }
  const isWhole = (range, full) => !full || (range[0] <= full[0] && range[1] >= full[1]);
  view.whole.disabled = isWhole(view.x, view.options.x) && isWhole(view.y, view.options.y);
  view.repaint();
}

function scaledAbout([low, high], factor, share) {
  const fixed = low + (high - low) * share;
  return [fixed - (fixed - low) * factor, fixed + (high - fixed) * factor];
}

function zoomBy(view, factor, shareX = 0.5, shareY = 0.5) {
  zoomTo(view, scaledAbout(view.x, factor, shareX), view.y && scaledAbout(view.y, factor, shareY));
}

function shifted([low, high], share) {
  const distance = (high - low) * share;
  return [low + distance, high + distance];
}

function panBy(view, shareX, shareY = 0) {
  zoomTo(view, shifted(view.x, shareX), view.y && shifted(view.y, shareY));
}

function place(view, event) {
  const box = view.stage.getBoundingClientRect();
  return [event.clientX - box.left, event.clientY - box.top];
}

function shareOf(view, px, py) {
  const { left, right, top, bottom } = view.area;
  return [(px - left) / (right - left), (bottom - py) / (bottom - top)];
}

function listen(view) {
  const { stage } = view;
  let drag = null;
  stage.addEventListener('pointerdown', (event) => {
    if (event.button !== 0 || !view.options.x || event.target.closest('button')) {
      return;
    }
    const [px, py] = place(view, event);
    if (px < view.area.left || px > view.area.right) {
      return;
    }
    drag = { px, py, x: view.x, y: view.y, isPan: event.shiftKey, isZoom: false };
    stage.setPointerCapture(event.pointerId);
  });
  stage.addEventListener('pointermove', (event) => {
    const [px, py] = place(view, event);
    if (drag === null) {
      showReading(view, px, py);
    } else if (drag.isPan) {
      pan(view, drag, px, py);
    } else {
      drag.isZoom ||= Math.abs(px - drag.px) > dragThreshold;
      showSelection(view, drag, px, py);
    }
  });
  stage.addEventListener('pointerup', (event) => {
    const [px, py] = place(view, event);
    const finished = drag;
    drag = null;
    view.selection.classList.remove('shown');
    if (finished?.isZoom) {
      zoomToSelection(view, finished, px, py);
    } else if (finished && !finished.isPan) {
      showReading(view, px, py);
    }
  });
  stage.addEventListener('pointercancel', () => {
    drag = null;
    view.selection.classList.remove('shown');
  });
  stage.addEventListener('pointerleave', () => drag === null && hideReading(view));
  stage.addEventListener('blur', () => hideReading(view));
  if (!view.options.x) {
    stage.addEventListener('keydown', (event) => pressed(view, event));
    return;
  }
  stage.addEventListener('dblclick', () => zoomTo(view, view.options.x, view.options.y));
  stage.addEventListener('keydown', (event) => pressed(view, event));
  stage.addEventListener('wheel', (event) => wheeled(view, event), { passive: false });
}

function pan(view, drag, px, py) {
  const { left, right, top, bottom } = view.area;
  const share = (drag.px - px) / (right - left);
  const shareY = drag.y ? (py - drag.py) / (bottom - top) : 0;
  zoomTo(view, shifted(drag.x, share), drag.y && shifted(drag.y, shareY));
}

function showSelection(view, drag, px, py) {
  hideReading(view);
  const { left, right, top, bottom } = view.area;
  const within = (value, low, high) => Math.min(high, Math.max(low, value));
  const [x0, x1] = [drag.px, within(px, left, right)].sort((one, other) => one - other);
  const [y0, y1] = view.y ? [drag.py, within(py, top, bottom)].sort((one, other) => one - other) : [top, bottom];
  Object.assign(view.selection.style, { left: `${x0}px`, width: `${x1 - x0}px`, top: `${y0}px`, height: `${y1 - y0}px` });
  view.selection.classList.toggle('shown', drag.isZoom);
}

function zoomToSelection(view, drag, px, py) {
  const [fromX, fromY] = shareOf(view, drag.px, drag.py);
  const [toX, toY] = shareOf(view, px, py);
  const part = ([low, high], one, other) => {
    const [from, to] = [Math.max(0, Math.min(one, other)), Math.min(1, Math.max(one, other))];
    return [low + (high - low) * from, low + (high - low) * to];
  };
  const isTall = view.y && Math.abs(py - drag.py) > dragThreshold;
  zoomTo(view, part(view.x, fromX, toX), isTall ? part(view.y, fromY, toY) : view.y);
}

// A plain wheel scrolls the page; with Ctrl (or a pinch) it zooms, sideways it pans.
function wheeled(view, event) {
  const [px, py] = place(view, event);
  const [shareX, shareY] = shareOf(view, px, py);
  if (event.ctrlKey) {
    event.preventDefault();
    zoomBy(view, Math.exp(Math.min(1, Math.max(-1, event.deltaY * 0.005))), shareX, shareY);
  } else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
    event.preventDefault();
    panBy(view, (event.deltaX || event.deltaY) / (view.area.right - view.area.left));
  }
}

function pressed(view, event) {
  const direction = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (direction && view.options.next && !event.shiftKey) {
    const [px, py] = view.options.next(view, direction);
    showReading(view, px, py);
  } else if (direction && view.options.x) {
    panBy(view, 0.1 * direction);
  } else if ((event.key === '+' || event.key === '=') && view.options.x) {
    zoomBy(view, 0.5);
  } else if (event.key === '-' && view.options.x) {
    zoomBy(view, 2);
  } else if (event.key === '0' && view.options.x) {
    zoomTo(view, view.options.x, view.options.y);
  } else if (event.key === 'Escape') {
    hideReading(view);
  } else {
    return;
  }
  event.preventDefault();
}

function showReading(view, px, py) {
  hideReading(view);
  const reading = view.options.read(view, px, py);
  if (!reading) {
    return;
  }
  view.at = [reading.x, reading.y];
  view.tooltip.replaceChildren(...reading.nodes);
  view.tooltip.classList.add('shown');
  const [width, height] = [view.tooltip.offsetWidth, view.tooltip.offsetHeight];
  const whole = view.stage.clientWidth;
  const left = reading.x + 14 + width <= whole ? reading.x + 14 : reading.x - 14 - width;
  const top = Math.min(reading.y - height / 2, view.stage.clientHeight - height);
  view.tooltip.style.left = `${Math.max(0, Math.min(left, whole - width))}px`;
  view.tooltip.style.top = `${Math.max(0, top)}px`;
  if (reading.line) {
    Object.assign(view.cursor.style, { left: `${reading.x}px`, top: `${view.area.top}px`, height: `${view.area.bottom - view.area.top}px` });
    view.cursor.classList.add('shown');
  }
}

function hideReading(view) {
  view.tooltip.classList.remove('shown');
  view.cursor.classList.remove('shown');
  view.marks?.replaceChildren();
}

// Rows: {color (null for none), mark, name, value}, or {heading}.
function readingRows(rows) {
  return make('table', {}, ...rows.map((row) => (row.heading
    ? make('tr', {}, make('th', { colspan: '2' }, row.heading))
    : make('tr', {},
      make('td', {}, ...(row.color === null ? [] : [make('span', { class: `swatch ${row.mark} ${colorClass(row.color)}${row.dashed ? ' dashed' : ''}` })]), row.name),
      make('td', { class: 'number' }, row.value)))));
}
