"""The look of the month's pages: system fonts, one column on a phone, more on a wall, by day, by night and on paper."""

from __future__ import annotations

from warehouse.release.pictures.colours import night_style

STYLE = """
:root{color-scheme:light dark;--ink:#1D2939;--soft:#5B6675;--line:#E4E7EC;--deep:#1F4E79;--paper:#F4F6F9;--card:#fff;--step:#E6EFF8;
--step2:#E4F3EB;--link:#1F5E9E;--red:#B42318;--redbg:#FCECE9;--amber:#8A4B00;--amberbg:#FDF3E1;--blue:#1F5E9E;--bluebg:#E6EFF8;
--green:#1F6B4A;--greenbg:#E4F3EB;--grey:#475467;--greybg:#EEF1F5}
@media screen and (prefers-color-scheme:dark){:root{--ink:#E6EAF0;--soft:#A3AFBF;--line:#2B3645;--deep:#12263B;--paper:#0D131B;
--card:#151D28;--step:#1B2B3D;--step2:#16302A;--link:#8DC1F5;--red:#FF9D92;--redbg:#3A1F1C;--amber:#F5C272;--amberbg:#37290F;
--blue:#9CC7F2;--bluebg:#1B2B3D;--green:#86D9B4;--greenbg:#16302A;--grey:#C3CCD8;--greybg:#222C39}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-padding-top:52px}
body{margin:0;background:var(--paper);color:var(--ink);line-height:1.6;font-size:16px;
font-family:-apple-system,"PingFang SC","HarmonyOS Sans SC","Microsoft YaHei","Noto Sans CJK SC","Source Han Sans SC",sans-serif}
a{color:var(--link)}
:focus-visible{outline:3px solid #E08A1E;outline-offset:2px;border-radius:4px}
.skip{position:absolute;left:-999px}
.skip:focus{left:8px;top:8px;z-index:9;background:var(--card);padding:8px 14px}
header{background:var(--deep);color:#fff;padding:26px max(20px,calc((100vw - 1200px)/2)) 22px}
h1{margin:0 0 8px;font-size:clamp(26px,4vw,40px);font-weight:700;line-height:1.2;letter-spacing:.01em}
.eyebrow{margin:0 0 4px;opacity:.85;font-size:14px;letter-spacing:.08em}
.notice{display:inline-block;margin:0;padding:2px 12px;border:1px solid rgba(255,255,255,.5);border-radius:99px;font-size:14px}
nav{position:sticky;top:0;z-index:5;background:var(--card);border-bottom:1px solid var(--line)}
nav ul{list-style:none;margin:0 auto;max-width:1240px;padding:0 14px;display:flex;overflow-x:auto;scrollbar-width:none}
nav a{display:block;padding:11px 9px;white-space:nowrap;text-decoration:none;font-size:15px}
nav a:hover{text-decoration:underline}
main{max-width:1240px;margin:0 auto;padding:20px}
h2{margin:34px 0 12px;font-size:22px;font-weight:700;line-height:1.3}
h3{margin:0;font-size:17px;font-weight:650;line-height:1.4}
.said ul{list-style:none;margin:0;padding:0;display:grid;gap:10px}
.said li{display:flex;gap:12px;align-items:baseline;background:var(--card);border:1px solid var(--line);border-left:6px solid var(--mark);
border-radius:10px;padding:12px 16px;font-size:clamp(17px,1.5vw,20px);line-height:1.5}
.said b{flex:none;padding:1px 10px;border-radius:99px;font-size:14px;font-weight:650;color:var(--mark);background:var(--ground)}
.alarm{--mark:var(--red);--ground:var(--redbg)}.late{--mark:var(--amber);--ground:var(--amberbg)}
.change,.task{--mark:var(--blue);--ground:var(--bluebg)}.answer,.calm{--mark:var(--green);--ground:var(--greenbg)}
.doubt{--mark:var(--grey);--ground:var(--greybg)}
.cards{columns:3 340px;column-gap:16px}
.card{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:16px 18px;margin:0 0 16px;break-inside:avoid}
.wide-card{column-span:all}
.card+.wide-card{margin-top:16px}
.told{margin:2px 0 10px;font-size:16px}
.funnel .told{font-size:18px}
.funnel h3{margin:12px 0 8px;color:var(--soft);font-size:15px;font-weight:600}
.funnel ol{list-style:none;margin:0;padding:0;display:grid;grid-template-columns:repeat(auto-fit,minmax(132px,1fr));gap:12px}
.funnel li{position:relative;background:var(--step);border-radius:10px;padding:10px 12px;display:flex;flex-direction:column}
.funnel ol:last-child li{background:var(--step2)}
.funnel li:not(:last-child)::after{content:"";position:absolute;right:-10px;top:50%;margin-top:-7px;border:7px solid transparent;
border-left-color:var(--soft);border-right:0;opacity:.55}
.funnel .label{font-size:14px;color:var(--soft)}
.funnel strong{font-size:clamp(22px,2.4vw,30px);font-weight:700;font-variant-numeric:tabular-nums;line-height:1.25}
.funnel .under{font-size:13px;color:var(--soft);line-height:1.4}
.drawings.many{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,290px),1fr));gap:18px}
figure{margin:0}
figcaption{margin:4px 0 6px;font-weight:600;font-size:15px}
svg{display:block;width:100%;height:auto}
svg text{font-family:inherit}
svg a:hover rect,svg a:hover path{opacity:.8}
.wide{overflow-x:auto}
details{margin-top:8px}
summary{cursor:pointer;color:var(--link);font-size:15px;padding:6px 0;min-height:32px}
table{border-collapse:collapse;width:100%;font-size:15px}
thead th{text-align:left;color:var(--soft);font-weight:500;font-size:14px;border-bottom:1px solid var(--soft);padding:4px 12px 6px 0;white-space:nowrap}
tbody th{text-align:left;font-weight:500}
td,tbody th{border-bottom:1px solid var(--line);padding:6px 12px 6px 0;vertical-align:top}
tbody th{min-width:6em}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
td.b,th.b{text-align:left;width:45%}
td:not(.n){min-width:4.5em}
tr>:last-child{padding-right:2px}
.note,.quiet{color:var(--soft);margin:8px 0 0;font-size:14px;line-height:1.5}
.pages{list-style:none;margin:0;padding:0;display:grid;grid-template-columns:repeat(auto-fill,minmax(128px,1fr));gap:10px}
.pages a{display:block;background:var(--card);border:1px solid var(--line);border-radius:10px;padding:11px 14px;text-decoration:none}
.bar{display:block;height:8px;border-radius:4px;background:var(--blue);min-width:2px}
footer{max-width:1240px;margin:0 auto;padding:8px 20px 34px;color:var(--soft);font-size:14px}
@media (max-width:640px){
main{padding:14px 12px}
header{padding:20px 16px 18px}
.card{padding:14px 13px}
.said li{flex-direction:column;gap:4px;padding:11px 13px}
.funnel ol{grid-template-columns:minmax(0,1fr);gap:8px}
.funnel li{display:grid;grid-template-columns:1fr auto;align-items:baseline}
.funnel .under{grid-column:1/-1}
.funnel li:not(:last-child)::after{right:auto;left:24px;top:auto;bottom:-8px;margin:0;border:7px solid transparent;border-top-color:var(--soft);border-bottom:0}
}
@media screen and (min-width:1700px){html{zoom:1.3}}
@media print{
@page{size:A4;margin:12mm}
body{background:#fff;font-size:11.5pt}
nav,.skip,.pages,#pages{display:none}
header{background:#fff;color:var(--ink);padding:0 0 8px;border-bottom:2px solid var(--deep)}
.notice{border-color:var(--red);color:var(--red)}
main,footer{padding:8px 0;max-width:none}
h2{break-after:avoid}
.card,.said li,.funnel li,tr,figure{break-inside:avoid}
.cards{columns:2}
details>summary{display:none}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}
}
""" + night_style()
