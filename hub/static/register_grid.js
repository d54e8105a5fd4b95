// A grid of a register: cells pasted from a spreadsheet fill the fields, Enter goes down.
"use strict";

for (const table of document.querySelectorAll("[data-grid]")) {
  const rows = [...table.tBodies[0].rows].map((row) => [...row.querySelectorAll("input")]);
  const placeOf = (field) => {
    const row = rows.findIndex((fields) => fields.includes(field));
    return row < 0 ? null : [row, rows[row].indexOf(field)];
  };

  table.addEventListener("paste", (event) => {
    const place = placeOf(event.target);
    const text = event.clipboardData.getData("text").replace(/\r?\n$/, "");
    // A single cell is pasted as the browser does it.
    if (!place || !/[\t\n]/.test(text)) return;
    event.preventDefault();
    text.split(/\r?\n/).forEach((line, down) => {
      line.split("\t").forEach((cell, right) => {
        const field = rows[place[0] + down]?.[place[1] + right];
        if (field) field.value = cell.trim();
      });
    });
  });

  table.addEventListener("keydown", (event) => {
    const place = placeOf(event.target);
    const steps = { Enter: 1, ArrowDown: 1, ArrowUp: -1 };
    if (!place || !(event.key in steps)) return;
    event.preventDefault();
    const field = rows[place[0] + steps[event.key]]?.[place[1]];
    field?.focus();
    field?.select();
  });
}
