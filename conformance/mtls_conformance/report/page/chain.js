// The picture of a case: its certificates from the roots down, each below its issuer, with where each one lies.
const MOST_CERTIFICATES = 40;

function chainPicture(certificates) {
  const svg = (name, attributes, ...children) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  };
  const shown = certificates.slice(0, MOST_CERTIFICATES).map((certificate) => ({ ...certificate, below: [] }));
  // An issuer is a certificate with that subject; where several are, one higher up in the case's own order.
  for (const one of shown) {
    if (one.subject === one.issuer) continue;
    const issuers = shown.filter((other) => other !== one && other.subject === one.issuer && other.role !== "leaf");
    const isBelow = (other) => { for (let at = other, n = 0; at && n < 50; at = at.above, n++) if (at === one) return true; return false; };
    one.above = issuers.find((other) => !isBelow(other));
    if (one.above) one.above.below.push(one);
    else one.orphan = issuers.length ? "issued by one below" : "issuer not here";
  }
  const [wide, high, gapX, gapY] = [190, 50, 16, 30];
  let right = 0, bottom = 0;
  const place = (one, y) => {
    one.y = y;
    bottom = Math.max(bottom, one.y + high);
    if (!one.below.length) {
      one.x = right;
      right += wide + gapX;
      return;
    }
    one.below.forEach((child) => place(child, y + high + gapY));
    one.x = (one.below[0].x + one.below[one.below.length - 1].x) / 2;
  };
  shown.filter((one) => !one.above).forEach((one) => place(one, one.orphan ? gapY : 0));
  const short = (text, most) => (text.length > most ? text.slice(0, most - 1) + "…" : text);
  const name = (subject) => (/(?:^|,\s*)CN=([^,]*)/.exec(subject) || [null, subject])[1] || "(empty name)";
  const parts = [];
  for (const one of shown) {
    const [x, y] = [one.x + wide / 2, one.y];
    if (one.above) {
      const from = one.above.y + high;
      parts.push(svg("path", { class: "edge", d: `M${one.above.x + wide / 2} ${from}C${one.above.x + wide / 2} ${from + gapY / 2} ${x} ${y - gapY / 2} ${x} ${y - 2}`, "marker-end": "url(#tip)" }));
    } else if (one.orphan) {
      parts.push(svg("path", { class: "edge missing", d: `M${x} ${y - gapY + 14}L${x} ${y - 2}` }),
        svg("text", { x, y: y - gapY + 10, class: "missing", "text-anchor": "middle" }, `${one.orphan}: ${short(name(one.issuer), 20)}`));
    }
    const where = [one.uploaded && "uploaded", one.sent && "sent"].filter(Boolean).join(", ");
    parts.push(svg("g", { class: `cert ${one.role}`, transform: `translate(${one.x} ${one.y})` },
      svg("title", {}, `${one.role} ${one.label}\nsubject ${one.subject}\nissuer ${one.issuer}\nkey ${one.key}\nSHA-256 ${one.sha256}\n${where || "in neither file byte for byte"}`),
      svg("rect", { width: wide, height: high, rx: one.role === "leaf" ? 25 : 6 }),
      ...(one.role === "root" ? [svg("rect", { class: "inner", x: 3, y: 3, width: wide - 6, height: high - 6, rx: 4 })] : []),
      svg("text", { x: wide / 2, y: 20, class: "name", "text-anchor": "middle" }, short(name(one.subject), 24)),
      svg("text", { x: wide / 2, y: 37, class: "note", "text-anchor": "middle" }, `${one.role} · ${one.key}${where ? ` · ${where}` : ""}`)));
  }
  const [width, height] = [Math.max(right - gapX, wide), bottom];
  const label = shown.map((one) => `${one.role} ${name(one.subject)} issued by ${name(one.issuer)}`).join("; ");
  const picture = svg("svg", { class: "chain", viewBox: `-3 -3 ${width + 6} ${height + 6}`, width: width + 6, height: height + 6, role: "img", "aria-label": label },
    svg("defs", {}, svg("marker", { id: "tip", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto" }, svg("path", { class: "tip", d: "M0 0 8 4 0 8z" }))),
    ...parts);
  const more = certificates.length - shown.length;
  return make("figure", {}, make("div", { class: "scroll", tabindex: width > 480 ? 0 : null }, picture), more > 0 && make("figcaption", {}, `and ${more} more`));
}
