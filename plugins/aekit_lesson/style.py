# What the page looks like, and how its contents follow the reader; sounds play as `aekit.listening` has them.
"""What the page looks like, and how its contents follow the reader; sounds play as `aekit.listening` has them."""

STYLE = """
:root {
  color-scheme: light dark;
  --ink: #1d2129; --soft: #5c6470; --faint: #8a929d; --rule: #e3e6eb; --paper: #fdfdfc; --card: #f5f6f7;
  --accent: #20629c; --good: #1f7a4d; --missed: #a15c12; --mat: #ffffff;
  --serif: "Iowan Old Style", "Palatino Linotype", Palatino, "Book Antiqua", "DejaVu Serif", Georgia, serif;
  --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "DejaVu Sans", sans-serif;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e4e7ec; --soft: #a2abb7; --faint: #7d8692; --rule: #313740; --paper: #15181d; --card: #1d2127;
    --accent: #7db7ea; --good: #62c491; --missed: #e0a45c; --mat: #f4f4f2;
  }
}
* { box-sizing: border-box; }
html { scroll-behavior: smooth; scroll-padding-top: 24px; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
body { margin: 0; font: 17px/1.62 var(--serif); color: var(--ink); background: var(--paper); }
a { color: var(--accent); text-decoration-thickness: 1px; text-underline-offset: 3px; }
.frame { display: grid; grid-template-columns: minmax(0, 1fr); max-width: 1180px; margin: 0 auto; padding: 0 24px; }
header { padding: 72px 0 28px; border-bottom: 1px solid var(--rule); }
header p.over { font: 600 13px/1 var(--sans); letter-spacing: .09em; text-transform: uppercase; color: var(--accent);
  margin: 0 0 18px; }
h1 { font-size: clamp(32px, 5vw, 50px); line-height: 1.1; font-weight: 600; letter-spacing: -.012em; margin: 0 0 18px;
  max-width: 18em; text-wrap: balance; }
header p.lead { font-size: 20px; line-height: 1.5; color: var(--soft); max-width: 36em; margin: 0 0 20px; }
header p.facts { font: 14px/1.6 var(--sans); color: var(--faint); margin: 0; max-width: 60em; }
nav { font: 14.5px/1.45 var(--sans); padding: 26px 0; border-bottom: 1px solid var(--rule); }
nav b { display: block; font-size: 12px; letter-spacing: .08em; text-transform: uppercase; color: var(--faint);
  margin: 0 0 10px; }
nav ol { list-style: none; margin: 0; padding: 0; columns: 2; column-gap: 36px; }
nav li { break-inside: avoid; }
nav a { display: flex; gap: 10px; padding: 4px 8px; margin: 0 -8px; color: var(--soft); text-decoration: none;
  border-radius: 6px; }
nav a:hover, nav a.here { color: var(--ink); background: var(--card); }
nav a i { font-style: normal; color: var(--faint); min-width: 1.5em; text-align: right;
  font-variant-numeric: tabular-nums; }
nav a.off { opacity: .5; }
main > section { padding: 60px 0 8px; border-bottom: 1px solid var(--rule); max-width: 780px; }
main > section:last-child { border: 0; }
h2 { font-size: 30px; line-height: 1.2; font-weight: 600; letter-spacing: -.008em; margin: 0 0 8px;
  text-wrap: balance; }
h2 small { display: block; font: 600 13px/1 var(--sans); letter-spacing: .07em; text-transform: uppercase;
  color: var(--accent); margin: 0 0 12px; }
p.question { font-size: 21px; line-height: 1.42; font-style: italic; color: var(--soft); margin: 0 0 26px;
  text-wrap: balance; }
section p.say { margin: 0 0 16px; max-width: 40em; hyphens: auto; }
figure { margin: 26px 0 28px; }
figure .mat { background: var(--mat); border: 1px solid var(--rule); border-radius: 10px; padding: 10px; line-height: 0;
  overflow: hidden; }
figure img { display: block; max-width: 100%; height: auto; margin: 0 auto; }
figcaption, .heard h4 { font: 14px/1.45 var(--sans); color: var(--soft); margin: 10px 2px 0; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font: 14.5px/1.4 var(--sans); margin: 6px 0 24px; }
th { text-align: left; font-weight: 600; font-size: 12.5px; color: var(--faint); padding: 6px 14px 6px 0;
  border-bottom: 1px solid var(--rule); white-space: nowrap; vertical-align: bottom; }
td { padding: 7px 14px 7px 0; border-bottom: 1px solid var(--rule); vertical-align: top; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; padding-right: 18px; }
td.n.own { font-weight: 650; }
td small { color: var(--faint); font-size: 12.5px; }
td.reached { color: var(--good); white-space: nowrap; } td.missed { color: var(--missed); white-space: nowrap; }
tr.chapter td { padding-top: 18px; font-weight: 600; }
details { font: 14px/1.5 var(--sans); color: var(--soft); margin: 0 0 34px; }
summary { cursor: pointer; color: var(--faint); width: max-content; } summary:hover { color: var(--ink); }
pre { font: 12.5px/1.55 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
  background: var(--card);
  border: 1px solid var(--rule); border-radius: 8px; padding: 10px 14px; white-space: pre-wrap; overflow-wrap: anywhere;
  color: var(--ink); margin: 10px 0; }
p.note { font: 15px/1.55 var(--sans); background: var(--card); border-left: 3px solid var(--accent); padding: 12px 16px;
  border-radius: 0 8px 8px 0; margin: 0 0 34px; }
p.note.failed { border-color: var(--missed); }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(310px, 1fr)); gap: 14px; margin: 26px 0; }
.heard { background: var(--card); border: 1px solid var(--rule); border-radius: 10px; padding: 12px; min-width: 0; }
.heard.wide { grid-column: 1 / -1; }
.heard h4 { margin: 0 0 8px; font-weight: 500; }
.heard .roll { position: relative; cursor: pointer; line-height: 0; border-radius: 6px; overflow: hidden; }
.heard img { width: 100%; min-height: 72px; background: #fff; }
.heard i { position: absolute; top: 0; bottom: 0; left: 0; width: 2px; background: #e0435c; opacity: 0; }
.heard audio { display: block; width: 100%; height: 34px; margin-top: 10px; }
footer { font: 14px/1.6 var(--sans); color: var(--faint); padding: 30px 0 80px; max-width: 780px; }
@media (min-width: 1060px) {
  .frame { grid-template-columns: 270px minmax(0, 1fr); column-gap: 72px; }
  header { grid-column: 1 / -1; }
  nav { position: sticky; top: 0; align-self: start; max-height: 100vh; overflow-y: auto; border: 0;
    padding: 56px 0 24px; }
  nav ol { columns: 1; }
  footer { grid-column: 2; }
}
@media (max-width: 620px) { nav ol { columns: 1; } body { font-size: 16px; } header { padding-top: 40px; } }
@media print { nav, audio, details { display: none; } main > section { break-inside: avoid-page; border: 0; } }
"""

SCRIPT = """
const links = new Map([...document.querySelectorAll('nav a')].map(link => [link.hash.slice(1), link]));
const watch = new IntersectionObserver(seen => seen.forEach(entry => {
  if (!entry.isIntersecting) return;
  links.forEach(link => link.classList.remove('here'));
  links.get(entry.target.id)?.classList.add('here');
}), {rootMargin: '-15% 0px -75% 0px'});
document.querySelectorAll('main > section').forEach(section => watch.observe(section));
"""
