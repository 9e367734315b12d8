// Paths of lines, steps, bands and layers.

// The points to draw for a range of x: those inside and one on either side.
function visible(series, low, high) {
  const from = Math.max(0, lowerBound(series.xs, low) - 1);
  const to = Math.min(series.xs.length, lowerBound(series.xs, high) + 2);
  return [from, to];
}

const coordinate = (value) => value.toFixed(1);

function xPixel(scale, value, area) {
  const x = scale.at(value);
  return Number.isFinite(x) ? x : area.left - 2;
}

function linePath(series, [from, to], xScale, yScale, area) {
  const parts = [];
  let isOpen = false;
  for (let index = from; index < to; index++) {
    const y = series.ys[index] === null ? NaN : yScale.at(series.ys[index]);
    if (!Number.isFinite(y)) {
      // A step's last value holds until the gap begins.
      if (isOpen && series.step) {
        parts.push(`H${coordinate(xPixel(xScale, series.xs[index], area))}`);
      }
      isOpen = false;
      continue;
    }
    const x = coordinate(xPixel(xScale, series.xs[index], area));
    parts.push(!isOpen ? `M${x} ${coordinate(y)}` : series.step ? `H${x}V${coordinate(y)}` : `L${x} ${coordinate(y)}`);
    isOpen = true;
  }
  return parts.join('');
}

// A distribution is 0 before its first sample and holds its last share to the right.
function cumulativePath(series, range, xScale, yScale, area) {
  const body = linePath(series, range, xScale, yScale, area);
  const start = range[0] === 0 ? `M${area.left} ${coordinate(yScale.at(0))}H${coordinate(xPixel(xScale, series.xs[0], area))}V` : null;
  const joined = start ? start + body.slice(1).replace(/^\S+ /, '') : body;
  return `${joined}H${area.right}`;
}

function bandPath(series, [from, to], xScale, yScale, area) {
  const parts = [];
  let run = [];
  const close = () => {
    if (run.length > 1) {
      const top = run.map(([x, , high]) => `${x} ${high}`);
      const bottom = run.map(([x, low]) => `${x} ${low}`).reverse();
      parts.push(`M${[...top, ...bottom].join('L')}Z`);
    }
    run = [];
  };
  for (let index = from; index < to; index++) {
    const low = series.low[index] === null ? NaN : yScale.at(series.low[index]);
    const high = series.high[index] === null ? NaN : yScale.at(series.high[index]);
    if (Number.isFinite(low) && Number.isFinite(high)) {
      run.push([coordinate(xPixel(xScale, series.xs[index], area)), coordinate(low), coordinate(high)]);
    } else {
      close();
    }
  }
  close();
  return parts.join('');
}

// Sums from the bottom up: for every layer shown its lower and upper edge.
function stack(layers) {
  let base = layers[0]?.xs.map(() => 0) ?? [];
  return layers.map((layer) => {
    const top = layer.ys.map((value, index) => base[index] + (value ?? 0));
    const edges = { layer, base, top };
    base = top;
    return edges;
  });
}

function layerPath({ layer, base, top }, [from, to], xScale, yScale, area) {
  const [upper, lower] = [[], []];
  for (let index = from; index < to; index++) {
    const x = coordinate(xPixel(xScale, layer.xs[index], area));
    upper.push(`${x} ${coordinate(yScale.at(top[index]))}`);
    lower.unshift(`${x} ${coordinate(yScale.at(base[index]))}`);
  }
  return upper.length ? `M${[...upper, ...lower].join('L')}Z` : '';
}
