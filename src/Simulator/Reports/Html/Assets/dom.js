// Elements, and numbers as text.

const svgNamespace = 'http://www.w3.org/2000/svg';

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined) {
      element.setAttribute(name, value);
    }
  }
  element.append(...children);
  return element;
}

function make(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

function draw(name, attributes = {}, ...children) {
  return fill(document.createElementNS(svgNamespace, name), attributes, children);
}

// As NumberText does it on the other side.
function numberText(value) {
  if (value === null || !Number.isFinite(value)) {
    return '–';
  }
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e12)) {
    return value.toExponential(3).replace(/\.?0+e/, 'e').replace('e+', 'e');
  }
  return size < 999.95 ? String(Number(value.toPrecision(4))) : Math.round(value).toLocaleString('en-US');
}

function percentText(share, decimals) {
  const near = Math.min(share, 1 - share);
  const digits = decimals ?? (near <= 0 || near >= 0.01 ? 1 : near >= 0.001 ? 2 : 3);
  return `${(share * 100).toFixed(digits)} %`;
}

function clockText(seconds, decimals = 3) {
  const sign = seconds < 0 ? '-' : '';
  const rest = Number(Math.abs(seconds).toFixed(decimals));
  if (rest < 60) {
    return `${sign}${rest} s`;
  }
  const pad = (value) => (value < 10 ? '0' : '') + value;
  return `${sign}${Math.floor(rest / 3600)}:${pad(Math.floor(rest % 3600 / 60))}:${pad(Number((rest % 60).toFixed(decimals)))}`;
}

function valueText(axis, value) {
  if (value === null || !Number.isFinite(value)) {
    return '–';
  }
  switch (axis.scale) {
    case 'time': return clockText(value);
    case 'share': case 'nines': return percentText(value);
    default: return axis.unit ? `${numberText(value)} ${axis.unit}` : numberText(value);
  }
}

function axisText(axis) {
  return axis.unit ? `${axis.label}, ${axis.unit}` : axis.label;
}

// The first position in an ascending list whose value is not below the one wanted.
function lowerBound(values, wanted) {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] < wanted) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

function nearest(values, wanted) {
  const index = lowerBound(values, wanted);
  if (index === values.length || (index > 0 && wanted - values[index - 1] < values[index] - wanted)) {
    return index - 1;
  }
  return index;
}

const colorClass = (number) => `c${number % 8}`;
