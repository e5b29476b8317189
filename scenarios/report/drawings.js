// Figures that are not lines over time, drawn as SVG: it takes its colours from the style sheet and prints sharp.

function canvasOf(host, width, height, label) {
  const root = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label });
  host.replaceChildren(root);
  return root;
}

/** Gridlines with their numbers at the left of the box and below it. */
function frame(root, { x, y, xTicks, yTicks, box, grid = true }) {
  const [xLabels, yLabels] = [tickLabels(xTicks), tickLabels(yTicks)];
  for (const [i, value] of yTicks.entries()) {
    if (grid) root.append(svg("line", { class: "grid", x1: box.left, x2: box.right, y1: y(value), y2: y(value) }));
    root.append(svg("text", { class: "tick", x: box.left - 6, y: y(value), dy: "0.32em", "text-anchor": "end" }, yLabels[i]));
  }
  for (const [i, value] of xTicks.entries()) {
    if (grid) root.append(svg("line", { class: "grid", x1: x(value), x2: x(value), y1: box.top, y2: box.bottom }));
    root.append(svg("text", { class: "tick", x: x(value), y: box.bottom + 15, "text-anchor": "middle" }, xLabels[i]));
  }
}

const leftMargin = (values) => 10 + 7 * Math.max(...tickLabels(values).map((label) => label.length));

// ---------------------------------------------------------------- density strips

/** One arm's spread at a few times: each strip scaled to its own widest bin, paler as fewer are alive. */
function drawStrips(host, width, column, arm, times, yRange, onlyRow) {
  const { low, high } = column.edges;
  const { strips, median, alive } = column.arms[arm.index];
  const height = Math.round(onlyRow ? Math.min(270, 1.2 * width) : Math.min(160, Math.max(122, 0.75 * width)));
  const yTicks = ticks(...yRange, 4);
  const box = { left: leftMargin(yTicks), right: width - 6, top: 6, bottom: height - 20 };
  const slot = (box.right - box.left) / strips.length;
  const horizon = times.at(-1);
  const x = linear([0, horizon], [box.left + slot / 2, box.right - slot / 2]);
  const y = linear(yRange, [box.bottom, box.top]);
  const inside = (value) => Math.max(box.top, Math.min(box.bottom, y(value)));
  const root = canvasOf(host, width, height,
    t("strips.label", { quantity: said(column.label), arm: arm.name, n: strips.length, horizon: years(horizon) }));
  frame(root, { x, y, yTicks, xTicks: [], box });
  for (const value of [0, horizon / 2, horizon]) {
    root.append(svg("text", { class: "tick", x: x(value), y: box.bottom + 15, "text-anchor": "middle" }, number(value)));
  }

  for (const { time_years: time, counts } of strips) {
    const widest = Math.max(...counts);
    const at = nearestIndex(times, time);
    if (widest === 0) continue;
    const binHeight = (high - low) / counts.length;
    const first = counts.findIndex((n) => n > 0);
    const last = counts.findLastIndex((n) => n > 0);
    const right = [];
    const left = [];
    for (let b = first; b <= last; ++b) {
      const half = 0.47 * slot * (counts[b] / widest);
      for (const value of [low + b * binHeight, low + (b + 1) * binHeight]) {
        right.push(`${x(time) + half},${inside(value)}`);
        left.unshift(`${x(time) - half},${inside(value)}`);
      }
    }
    const share = alive[0] > 0 ? alive[at] / alive[0] : 1;
    root.append(
      svg("polygon", { points: [...right, ...left].join(" "), "fill-opacity": 0.3 + 0.6 * share, style: `fill:${armColour(arm)}` },
        svg("title", {}, t("strips.hover", { arm: arm.name, time: atTime(time), n: count(alive[at]), median: withUnit(number(median[at]), column.unit) }))));
    if (median[at] != null) {
      root.append(svg("line", { class: "median", x1: x(time) - 0.4 * slot, x2: x(time) + 0.4 * slot, y1: y(median[at]), y2: y(median[at]) }));
    }
  }
}

// ---------------------------------------------------------------- phase portrait

function drawPortrait(host, width, portrait, arms, labels, onTime) {
  const shown = arms.filter((arm) => arm.on);
  const height = Math.round(Math.min(430, Math.max(290, 0.75 * width)));
  const spread = (key) => {
    const values = [...portrait.arms.flatMap((path) => path[key]), ...portrait.equilibria.map((e) => e[key])].filter((v) => v != null);
    const [min, max] = [Math.min(...values), Math.max(...values)];
    const room = 0.07 * (max - min || 1);
    return [min - room, max + room];
  };
  const [xRange, yRange] = [spread("x"), spread("y")];
  const [xTicks, yTicks] = [ticks(...xRange, width / 70), ticks(...yRange, 6)];
  const box = { left: leftMargin(yTicks) + 18, right: width - 10, top: 8, bottom: height - 40 };
  const x = linear(xRange, [box.left, box.right]);
  const y = linear(yRange, [box.bottom, box.top]);
  const root = canvasOf(host, width, height,
    t("portrait.label", { x: labels.x, y: labels.y, arms: joined(shown.map((arm) => arm.name)) }));
  frame(root, { x, y, xTicks, yTicks, box });
  const middle = (box.top + box.bottom) / 2;
  root.append(
    svg("text", { class: "axis", x: (box.left + box.right) / 2, y: height - 6, "text-anchor": "middle" }, labels.x),
    svg("text", { class: "axis", x: 12, y: middle, "text-anchor": "middle", transform: `rotate(-90 12 ${middle})` }, labels.y));

  for (const { x: ex, y: ey, stable } of portrait.equilibria) {
    root.append(svg("circle", { class: stable ? "equilibrium stable" : "equilibrium", cx: x(ex), cy: y(ey), r: 7 },
      svg("title", {}, t("portrait.equilibrium", { kind: t(stable ? "portrait.stable" : "portrait.unstable"), x: number(ex), y: number(ey) }))));
  }

  const labelled = [];
  const roomFor = (px, py) => labelled.every(([lx, ly]) => Math.hypot(px - lx, py - ly) > 26) && labelled.push([px, py]);
  const points = [];
  for (const arm of shown) {
    const path = portrait.arms[arm.index];
    if (path.x.length === 0) continue;
    const alongPath = path.x.map((_, i) => [x(path.x[i]), y(path.y[i])]);
    points.push(...alongPath.map(([px, py], i) => ({ px, py, time: path.time_years[i] })));
    root.append(svg("polyline", { class: "path", points: alongPath.join(" "), "stroke-dasharray": armDash(arm).join(" "), style: `stroke:${armColour(arm)}` }));
    for (let year = 1; year <= path.time_years.at(-1) + 1e-6; ++year) {
      const i = nearestIndex(path.time_years, year);
      const [px, py] = alongPath[i];
      root.append(svg("circle", { class: "year", cx: px, cy: py, r: 3, style: `fill:${armColour(arm)}` }));
      if (roomFor(px, py)) root.append(svg("text", { class: "year-label", x: px + 6, y: py - 6 }, String(year)));
    }
    const [startX, startY] = alongPath[0];
    root.append(svg("rect", { class: "start", x: startX - 4.5, y: startY - 4.5, width: 9, height: 9 },
      svg("title", {}, t("portrait.start_of", { arm: arm.name }))));
  }

  const cursor = svg("g", { class: "cursor" });
  root.append(cursor);
  const horizon = Math.max(...portrait.arms.flatMap((path) => path.time_years));
  onTime(horizon);
  const show = (time) => {
    onTime(time);
    cursor.replaceChildren(...shown.map((arm) => {
      const path = portrait.arms[arm.index];
      const i = nearestIndex(path.time_years, time);
      return i in path.x && svg("circle", { cx: x(path.x[i]), cy: y(path.y[i]), r: 6, style: `stroke:${armColour(arm)}` });
    }));
  };
  root.onpointermove = (event) => {
    if (points.length === 0) return;
    const area = root.getBoundingClientRect();
    const distance = (p) => Math.hypot(p.px - (event.clientX - area.left), p.py - (event.clientY - area.top));
    show(points.reduce((a, b) => (distance(b) < distance(a) ? b : a)).time);
  };
  const moments = portrait.arms.reduce((longest, path) => (path.time_years.length > longest.length ? path.time_years : longest), []);
  let moment = moments.length - 1;
  host.onkeydown = (event) => {
    const to = steppedBy(event, moment, moments.length - 1);
    if (to == null) return;
    moment = to;
    show(moments[moment]);
  };
  root.onpointerleave = () => {
    cursor.replaceChildren();
    onTime(horizon);
  };
}

// ---------------------------------------------------------------- length of stay × deficit burden

/** Cell borders: halfway between neighbouring values. */
function borders(values) {
  const between = values.slice(1).map((v, i) => (v + values[i]) / 2);
  const first = values.length > 1 ? values[0] - (between[0] - values[0]) : values[0] - 0.5;
  const last = values.length > 1 ? values.at(-1) + (values.at(-1) - between.at(-1)) : values[0] + 0.5;
  return [first, ...between, last];
}

function fateFill(activity, map, top) {
  if (activity == null) return "fill:none";
  const recovers = activity >= map.threshold;
  const depth = recovers ? (activity - map.threshold) / (top - map.threshold || 1) : (map.threshold - activity) / map.threshold;
  return `fill:var(--fate-${recovers ? "up" : "down"});fill-opacity:${(0.16 + 0.8 * Math.min(1, depth)).toFixed(3)}`;
}

function drawStayMap(host, width, map, onCell) {
  const height = 320;
  const box = { left: leftMargin(map.deficits) + 18, right: width - 12, top: 8, bottom: height - 40 };
  const [lengths, deficits] = [borders(map.lengths_days), borders(map.deficits)];
  const x = linear([lengths[0], lengths.at(-1)], [box.left, box.right]);
  const y = linear([deficits[0], deficits.at(-1)], [box.bottom, box.top]);
  const top = Math.max(...map.activity.flat().filter((a) => a != null));
  const root = canvasOf(host, width, height,
    t("stay.label", { months: map.months }));

  map.activity.forEach((row, k) => row.forEach((activity, l) => {
    const cell = svg("rect", {
      class: "cell", x: x(lengths[l]), y: y(deficits[k + 1]),
      width: x(lengths[l + 1]) - x(lengths[l]), height: y(deficits[k]) - y(deficits[k + 1]), style: fateFill(activity, map, top),
    });
    cell.onpointerenter = () => onCell(k, l);
    root.append(cell);
  }));
  root.onpointerleave = () => onCell(null);
  let [row, column] = [nearestIndex(map.deficits, map.patient_deficit), nearestIndex(map.lengths_days, map.patient_length_days)];
  host.onkeydown = (event) => {
    const up = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    const to = up ? column : steppedBy(event, column, map.lengths_days.length - 1);
    if (to == null) return;
    event.preventDefault();
    column = to;
    row = Math.min(map.deficits.length - 1, Math.max(0, row + (up ?? 0)));
    onCell(row, column);
  };

  /** As many of the values as leave each label its room. */
  const sparse = (values, place, room) => values.reduce(
    (kept, value) => (kept.length === 0 || Math.abs(place(value) - place(kept.at(-1))) >= room ? [...kept, value] : kept), []);
  frame(root, { x, y, xTicks: sparse(map.lengths_days, x, 28), yTicks: sparse(map.deficits, y, 18), box, grid: false });
  const middle = (box.top + box.bottom) / 2;
  root.append(
    svg("text", { class: "axis", x: (box.left + box.right) / 2, y: height - 6, "text-anchor": "middle" }, t("stay.length")),
    svg("text", { class: "axis", x: 12, y: middle, "text-anchor": "middle", transform: `rotate(-90 12 ${middle})` }, t("stay.deficits")));

  const inMap = (days) => days != null && days >= lengths[0] && days <= lengths.at(-1);
  const critical = map.critical_days.map((days, k) => (inMap(days) ? [x(days), y(map.deficits[k])] : null));
  // A row without a critical stay interrupts the line.
  const commands = critical.map((point, k) => (point ? `${k > 0 && critical[k - 1] ? "L" : "M"}${point}` : "")).join("");
  root.append(
    svg("path", { class: "critical halo", d: commands }),
    svg("path", { class: "critical", d: commands }),
    ...critical.filter(Boolean).map(([px, py]) => svg("circle", { class: "critical-point", cx: px, cy: py, r: 3 })));

  const [px, py] = [x(map.patient_length_days), y(map.patient_deficit)];
  const beforeEdge = px > (box.left + box.right) / 2;
  root.append(
    svg("line", { class: "same-stay", x1: px, x2: px, y1: box.top, y2: box.bottom }),
    svg("circle", { class: "patient", cx: px, cy: py, r: 7 }),
    svg("text", { class: "patient-label", x: px + (beforeEdge ? -13 : 13), y: py, dy: "0.32em", "text-anchor": beforeEdge ? "end" : "start" }, t("stay.patient")));
}

/** The colour scale of the map, from nothing to the highest activity, with the threshold marked. */
function stayMapKey(map) {
  const top = Math.max(...map.activity.flat().filter((a) => a != null));
  const steps = 40;
  const at = (activity) => `${(100 * activity) / top}%`;
  return svg("svg", { class: "map-key", width: "100%", height: 34, "aria-hidden": "true" },
    Array.from({ length: steps }, (_, i) =>
      svg("rect", { x: `${(100 * i) / steps}%`, width: `${100 / steps}%`, y: 0, height: 12, style: fateFill(((i + 0.5) / steps) * top, map, top) })),
    svg("text", { class: "tick", x: 0, y: 28 }, "0"),
    svg("line", { class: "critical", x1: at(map.threshold), x2: at(map.threshold), y1: -2, y2: 16 }),
    svg("text", { class: "tick", x: at(map.threshold), y: 28, "text-anchor": "middle" }, number(map.threshold)),
    svg("text", { class: "tick", x: "100%", y: 28, "text-anchor": "end" }, number(top)));
}

// ---------------------------------------------------------------- forest plot

/** Common scale of one outcome's differences; always holds zero. Positions are percentages, so the plot fits any cell. */
function forestScale(contrasts) {
  const ends = contrasts.map(interval).flatMap(({ low, high }) => [low, high]).filter((end) => end != null);
  const [min, max] = [Math.min(0, ...ends), Math.max(0, ...ends)];
  const domain = min === max ? [-1, 1] : [min, max];
  const position = linear(domain, [8, 92]);
  return { at: (value) => `${position(value)}%`, ticks: ticks(...domain, 4) };
}

function forestRow(contrast, arm, scale) {
  const { low, high, estimate, bounds } = interval(contrast);
  const style = `stroke:${armColour(arm)};fill:${armColour(arm)}`;
  const zero = svg("line", { class: "zero", x1: scale.at(0), x2: scale.at(0), y1: 0, y2: "100%" });
  const known = low == null ? [] : [
    svg("line", { class: "whisker", x1: scale.at(low), x2: scale.at(high), y1: "50%", y2: "50%", style }),
    svg("circle", { cx: scale.at(contrast.estimate), cy: "50%", r: 4.5, style }),
  ];
  return svg("svg", { class: "forest", width: "100%", height: "100%", role: "img", "aria-label": `${estimate}, ${bounds}` }, zero, known);
}

function forestAxis(scale) {
  return svg("svg", { class: "forest", width: "100%", height: 20, "aria-hidden": "true" },
    scale.ticks.map((value, i) => [
      svg("line", { class: "zero", x1: scale.at(value), x2: scale.at(value), y1: 0, y2: 4 }),
      svg("text", { class: "tick", x: scale.at(value), y: 16, "text-anchor": "middle" }, tickLabels(scale.ticks)[i]),
    ]).flat());
}
