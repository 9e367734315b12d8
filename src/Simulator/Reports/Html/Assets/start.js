const painters = {
  line: panelsChart,
  cumulative: panelsChart,
  stacked: panelsChart,
  timeline: panelsChart,
  gantt: ganttChart,
  frontier: frontierChart,
  bars: barChart,
};

function start() {
  const views = [];
  document.querySelectorAll('figure.chart').forEach((figure, index) => {
    const script = figure.querySelector('script[type="application/json"]');
    if (!script) {
      return;
    }
    try {
      const view = painters[figure.dataset.kind](figure, JSON.parse(script.textContent));
      view.id = `chart-${index}`;
      views.push(view);
      view.repaint();
    } catch (error) {
      figure.querySelector('.plot').append(make('p', { class: 'warning' }, 'This chart could not be drawn; its numbers follow.'));
      console.error(error);
    }
  });
  document.querySelectorAll('table').forEach((table) => table.tHead && sortable(table));
  follow(views);
}

// Repaints when a chart's width, the colour scheme or the medium changes.
function follow(views) {
  const widths = new Map();
  const observer = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      if (widths.get(target) !== target.clientWidth) {
        widths.set(target, target.clientWidth);
        views.find((view) => view.stage === target).repaint();
      }
    }
  });
  views.forEach((view) => {
    widths.set(view.stage, view.stage.clientWidth);
    observer.observe(view.stage);
  });
  const repaint = () => views.forEach((view) => view.repaint());
  window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', repaint);
  window.addEventListener('beforeprint', () => {
    document.documentElement.classList.add('print');
    repaint();
  });
  window.addEventListener('afterprint', () => {
    document.documentElement.classList.remove('print');
    repaint();
  });
}

start();
