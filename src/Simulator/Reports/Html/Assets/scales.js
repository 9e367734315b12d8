// From values to pixels. A scale works on transformed values ("places"), in which every axis is linear.

const transforms = {
  linear: { to: (value) => value, from: (place) => place },
  logarithmic: { to: (value) => (value > 0 ? Math.log10(value) : NaN), from: (place) => 10 ** place },
  // Equal lengths are equal factors in what is left over: 90 %, 99 %, 99.9 %.
  nines: { to: (value) => -Math.log10(Math.max(1 - value, 1e-12)), from: (place) => 1 - 10 ** -place },
};

function transformOf(scale) {
  return transforms[scale] ?? transforms.linear;
}

function makeScale(axis, [low, high], from, to) {
  const transform = transformOf(axis.scale);
  const atPlace = (place) => from + (place - low) / (high - low) * (to - from);
  const placeAt = (pixel) => low + (pixel - from) / (to - from) * (high - low);
  return {
    axis, low, high,
    placeAt,
    at: (value) => atPlace(transform.to(value)),
    valueAt: (pixel) => transform.from(placeAt(pixel)),
  };
}

function extent(values) {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (value !== null && Number.isFinite(value)) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  return low > high ? null : [low, high];
}

// A range of some width, whatever the data.
function widened(range) {
  if (range === null) {
    return [0, 1];
  }
  const [low, high] = range;
  return high > low ? range : [low - (Math.abs(low) * 0.1 || 0.5), high + (Math.abs(high) * 0.1 || 0.5)];
}

const clockSteps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400];

// Shares go by quarters too, which people read at once.
function niceStep(width, count, isClock, isShare = false) {
  const rough = width / count;
  if (isClock && rough > 0.5) {
    const step = clockSteps.find((one) => one >= rough);
    return step ?? Math.ceil(rough / 86400) * 86400;
  }
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = rough / power;
  return power * (factor <= 1 ? 1 : factor <= 2 ? 2 : isShare && factor <= 2.5 ? 2.5 : factor <= 5 ? 5 : 10);
}

function linearTicks(low, high, count, isClock, isShare = false) {
  const step = niceStep(high - low, count, isClock, isShare);
  const ticks = [];
  for (let number = Math.ceil(low / step - 1e-9); number * step <= high + step * 1e-9; number++) {
    ticks.push(number * step || 0); // never -0
  }
  return { ticks, step };
}

function logarithmicTicks(low, high, count) {
  const decades = high - low;
  if (decades < 0.7) {
    return linearTicks(10 ** low, 10 ** high, count, false);
  }
  const factors = decades <= count / 3 ? [1, 2, 5] : [1];
  const every = Math.max(1, Math.ceil(decades / count));
  const ticks = [];
  for (let power = Math.floor(low); power <= high; power++) {
    if (power % every === 0) {
      ticks.push(...factors.map((factor) => factor * 10 ** power));
    }
  }
  return { ticks: ticks.filter((tick) => Math.log10(tick) >= low - 1e-9 && Math.log10(tick) <= high + 1e-9), step: null };
}

function ninesTicks(high) {
  const ticks = [0, 0.5];
  for (let nines = 1; nines <= high; nines++) {
    ticks.push(Number((1 - 10 ** -nines).toFixed(nines)));
  }
  return { ticks, step: null };
}

function ticksOf(scale, count) {
  switch (scale.axis.scale) {
    case 'logarithmic': return logarithmicTicks(scale.low, scale.high, count);
    case 'nines': return ninesTicks(scale.high);
    case 'time': return linearTicks(scale.low, scale.high, count, true);
    case 'share': return linearTicks(scale.low, scale.high, count, false, true);
    default: return linearTicks(scale.low, scale.high, count, false);
  }
}

function decimalsOf(step) {
  const decimals = Math.min(12, Math.max(0, -Math.floor(Math.log10(step) + 1e-9)));
  return Number(step.toFixed(decimals)) === Number(step.toPrecision(6)) ? decimals : decimals + 1;
}

function tickText(axis, value, step) {
  switch (axis.scale) {
    case 'time': return value === 0 ? '0' : clockText(value, step < 1 ? decimalsOf(step) : 0);
    case 'share': return `${(value * 100).toFixed(decimalsOf(step * 100))} %`;
    case 'nines': return `${Number((value * 100).toFixed(9))} %`;
    default: {
      if (step === null || (Math.abs(value) >= 1e12)) {
        return numberText(value);
      }
      return step < 1e-4 ? value.toPrecision(3) : value.toLocaleString('en-US', { minimumFractionDigits: decimalsOf(step), maximumFractionDigits: decimalsOf(step) });
    }
  }
}
