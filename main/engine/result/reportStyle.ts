/** The report's look: light, for the screen and for paper; no file, font or address from outside. */
export const reportStyle = `
:root{--ink:#1c232b;--dim:#5a6773;--line:#d9dfe5;--soft:#f4f6f8;--accent:#4b3fb5;--fine:#1c7d67;--watch:#8a6100;--problem:#b3352a}
*{box-sizing:border-box}
body{margin:0 auto;max-width:1060px;padding:34px 30px 60px;color:var(--ink);background:#fff;font:14px/1.5 Inter,"Segoe UI",system-ui,sans-serif;font-feature-settings:"tnum" 1}
header{border-bottom:2px solid var(--ink);padding-bottom:14px;margin-bottom:22px}
h1{font-size:24px;line-height:1.2;margin:0 0 4px;font-weight:650;letter-spacing:-.01em}
h2{font-size:19px;margin:38px 0 2px;padding-top:18px;border-top:1px solid var(--line)}
h3{font-size:15px;margin:26px 0 6px}
h4{font-size:13px;margin:18px 0 4px;color:var(--dim);font-weight:600}
h5{font-size:12.5px;margin:14px 0 4px;font-weight:600}
p{margin:4px 0}.dim{color:var(--dim)}.small{font-size:12.5px}
.research{display:inline-block;margin-top:8px;padding:2px 10px;border:1px solid var(--line);border-radius:99px;color:var(--dim);font-size:12px}
.verdict{display:grid;grid-template-columns:26px 1fr auto;gap:4px 12px;background:var(--soft);border-left:4px solid var(--dim);padding:14px 18px;margin:12px 0}
.verdict b{font-size:16px;font-weight:600}.verdict .mark{font-size:17px;line-height:1.35}.verdict p{grid-column:2/4}
.verdict.fine{border-color:var(--fine)}.fine .mark{color:var(--fine)}
.verdict.watch{border-color:var(--watch)}.watch .mark{color:var(--watch)}
.verdict.problem{border-color:var(--problem)}.problem .mark{color:var(--problem)}
.dots{color:var(--accent);letter-spacing:3px;white-space:nowrap}
ul{margin:4px 0;padding-left:20px}
.wide{overflow-x:auto}
table{border-collapse:collapse;font-size:13px;margin:4px 0 10px}
th{font-weight:500;color:var(--dim);text-align:left;padding:4px 18px 4px 0;vertical-align:bottom}
td{padding:4px 18px 4px 0;vertical-align:top}
tbody tr{border-top:1px solid var(--line)}
th.n{text-align:right}
td.n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
tbody th{color:var(--ink);white-space:nowrap}
figure{margin:12px 0 18px;break-inside:avoid}
.views{display:flex;flex-wrap:wrap;gap:8px;align-items:flex-end;background:#000;padding:8px;width:fit-content;max-width:100%}
.views div{position:relative;color:#eef2f6;font-size:11px}
.views img{display:block;max-width:100%;height:auto}
.views span{position:absolute;left:5px;top:3px;text-shadow:0 0 3px #000,0 0 3px #000}
.views i{position:absolute;font-style:normal;font-weight:600;top:50%;text-shadow:0 0 3px #000}
.views i.l{left:4px}.views i.r{right:4px}
figcaption{display:flex;flex-wrap:wrap;gap:6px 16px;align-items:center;margin-top:6px;font-size:12.5px;color:var(--dim)}
figcaption b{color:var(--ink);font-weight:600}
.bar{display:inline-block;width:150px;height:9px;border-radius:2px;margin:0 6px;vertical-align:baseline;print-color-adjust:exact;-webkit-print-color-adjust:exact}
.chip{display:inline-block;width:9px;height:9px;border-radius:2px;margin-right:5px;print-color-adjust:exact;-webkit-print-color-adjust:exact}
.tiles{display:flex;flex-wrap:wrap;gap:8px;align-items:flex-start;margin:4px 0 14px}
.tile{max-width:180px;font-size:11px;color:var(--dim)}.tile img{display:block;max-width:100%;height:auto;image-rendering:pixelated}
.tile.mean img{outline:1px dashed var(--dim)}.tile.synthesised img{outline:3px solid #e3b341}.tile.synthesised small{color:var(--ink);font-weight:600}
.warn{border-left:3px solid #e3b341;padding:2px 0 2px 12px;margin:8px 0}
.error{border-left:3px solid var(--problem);padding:2px 0 2px 12px;margin:8px 0}
details{margin:2px 0}summary{cursor:pointer;color:var(--dim);font-size:12.5px}
code{font:12px/1.4 ui-monospace,"DejaVu Sans Mono",monospace;word-break:break-all}
footer{margin-top:44px;border-top:1px solid var(--line);padding-top:10px;color:var(--dim);font-size:12px}
@media print{body{padding:0;max-width:none;font-size:11px}h2{break-before:auto}h2,h3,h4,h5{break-after:avoid}.wide{overflow:visible}}
@page{margin:16mm 14mm}
`;
