// A click on a heading sorts by it: ascending, descending, as written.

function sortable(table) {
  const body = table.tBodies[0];
  const original = [...body.rows];
  if (original.length < 2) {
    return;
  }
  const headings = [...table.tHead.rows[0].cells];
  headings.forEach((heading, column) => {
    const button = make('button', { type: 'button', title: 'Sort by this column' }, ...heading.childNodes);
    heading.replaceChildren(button);
    button.addEventListener('click', () => {
      const order = { ascending: 'descending', descending: 'none' }[heading.ariaSort] ?? 'ascending';
      headings.forEach((one) => one.removeAttribute('aria-sort'));
      heading.setAttribute('aria-sort', order);
      body.append(...sorted(original, column, order));
    });
  });
}

function sorted(rows, column, order) {
  if (order === 'none') {
    return rows;
  }
  const keys = new Map(rows.map((row) => [row, keyOf(row.cells[column])]));
  const sign = order === 'ascending' ? 1 : -1;
  return [...rows].sort((one, other) => compareKeys(keys.get(one), keys.get(other), sign));
}

function keyOf(cell) {
  return cell.dataset.value === undefined ? { text: cell.textContent } : { number: Number(cell.dataset.value) };
}

// What is not a number comes after those that are, in either direction.
function compareKeys(one, other, sign) {
  if (one.number !== undefined && other.number !== undefined) {
    return sign * (one.number - other.number);
  }
  if (one.number !== undefined || other.number !== undefined) {
    return one.number !== undefined ? -1 : 1;
  }
  return sign * one.text.localeCompare(other.text, 'en', { numeric: true });
}
