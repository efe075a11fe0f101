"""The look of every offline page: system fonts, one column on a phone, by day, by night and on paper.

A page adds its own few lines behind ``STYLE`` and takes its colours from the variables here, so that the night needs
saying once. ``DAY`` alone is for a page whose drawings are not ours to turn. What a page is framed in stands in ``warehouse.parts``.
"""

from __future__ import annotations

from warehouse.colours import night_style

DAY = """
:root{--ink:#1D2939;--soft:#5B6675;--line:#E4E7EC;--deep:#1F4E79;--paper:#F4F6F9;--card:#fff;--step:#E6EFF8;
--step2:#E4F3EB;--link:#1F5E9E;--red:#B42318;--redbg:#FCECE9;--amber:#8A4B00;--amberbg:#FDF3E1;--blue:#1F5E9E;--bluebg:#E6EFF8;
--green:#1F6B4A;--greenbg:#E4F3EB;--grey:#475467;--greybg:#EEF1F5;--room:1240px}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-padding-top:52px}
body{margin:0;background:var(--paper);color:var(--ink);line-height:1.6;font-size:16px;
font-family:-apple-system,"PingFang SC","HarmonyOS Sans SC","Microsoft YaHei","Noto Sans CJK SC","Source Han Sans SC",sans-serif}
a{color:var(--link)}
:focus-visible{outline:3px solid #E08A1E;outline-offset:2px;border-radius:4px}
header{background:var(--deep);color:#fff;padding:26px max(20px,calc((100vw - var(--room))/2 + 20px)) 22px}
h1{margin:0 0 8px;font-size:clamp(26px,4vw,40px);font-weight:700;line-height:1.2;letter-spacing:.01em}
.eyebrow{margin:0 0 4px;opacity:.85;font-size:14px;letter-spacing:.08em}
.notice{display:inline-block;margin:0;padding:2px 12px;border:1px solid rgba(255,255,255,.5);border-radius:99px;font-size:14px}
main{max-width:var(--room);margin:0 auto;padding:20px;display:grid;grid-template-columns:minmax(0,1fr);gap:16px}
h2{margin:0 0 12px;font-size:20px;font-weight:700;line-height:1.3}
h3{margin:0;font-size:17px;font-weight:650;line-height:1.4}
.card{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:16px 18px;min-width:0}
.pair{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:16px;align-items:start}
svg{display:block;width:100%;height:auto}
svg text{font-family:inherit}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:15px}
thead th{text-align:left;color:var(--soft);font-weight:500;font-size:14px;border-bottom:1px solid var(--soft);padding:4px 12px 6px 0;white-space:nowrap}
tbody th{text-align:left;font-weight:500}
td,tbody th{border-bottom:1px solid var(--line);padding:6px 12px 6px 0;vertical-align:top}
td.n,th.n,thead th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
tr>:last-child{padding-right:2px}
.note,.quiet{color:var(--soft);margin:8px 0 0;font-size:14px;line-height:1.5}
footer{max-width:var(--room);margin:0 auto;padding:8px 20px 34px;color:var(--soft);font-size:14px}
@media (max-width:640px){
main{padding:14px 12px}
header{padding:20px 16px 18px}
.card{padding:14px 13px}
}
@media screen and (max-width:760px){.pair{grid-template-columns:minmax(0,1fr)}}
@media print{
@page{size:A4;margin:12mm}
body{background:#fff;font-size:11.5pt}
header{background:#fff;color:var(--ink);padding:0 0 8px;border-bottom:2px solid var(--deep)}
.notice{border-color:var(--red);color:var(--red)}
main,footer{padding:8px 0;max-width:none}
h2{break-after:avoid}
.wide{overflow:visible}
thead th,thead th.n{white-space:normal}
.card,tr,figure{break-inside:avoid}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}
}
"""
_NIGHT = """
:root{color-scheme:light dark}
@media screen and (prefers-color-scheme:dark){:root{--ink:#E6EAF0;--soft:#A3AFBF;--line:#2B3645;--deep:#12263B;--paper:#0D131B;
--card:#151D28;--step:#1B2B3D;--step2:#16302A;--link:#8DC1F5;--red:#FF9D92;--redbg:#3A1F1C;--amber:#F5C272;--amberbg:#37290F;
--blue:#9CC7F2;--bluebg:#1B2B3D;--green:#86D9B4;--greenbg:#16302A;--grey:#C3CCD8;--greybg:#222C39}}
"""
STYLE = DAY + _NIGHT + night_style()
