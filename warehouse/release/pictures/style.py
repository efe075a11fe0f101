"""What the month's pages add to the look of every page: the menu, the sentences on top, the funnel, cards in columns."""

from __future__ import annotations

from warehouse import page_style

_OWN = """
.skip{position:absolute;left:-999px}
.skip:focus{left:8px;top:8px;z-index:9;background:var(--card);padding:8px 14px}
nav{position:sticky;top:0;z-index:5;background:var(--card);border-bottom:1px solid var(--line)}
nav ul{list-style:none;margin:0 auto;max-width:1240px;padding:0 14px;display:flex;overflow-x:auto;scrollbar-width:none}
nav a{display:block;padding:11px 9px;white-space:nowrap;text-decoration:none;font-size:15px}
nav a:hover{text-decoration:underline}
main{display:block}
h2{margin:34px 0 12px;font-size:22px}
.said ul{list-style:none;margin:0;padding:0;display:grid;gap:10px}
.said li{display:flex;gap:12px;align-items:baseline;background:var(--card);border:1px solid var(--line);border-left:6px solid var(--mark);
border-radius:10px;padding:12px 16px;font-size:clamp(17px,1.5vw,20px);line-height:1.5}
.said b{flex:none;padding:1px 10px;border-radius:99px;font-size:14px;font-weight:650;color:var(--mark);background:var(--ground)}
.alarm{--mark:var(--red);--ground:var(--redbg)}.late{--mark:var(--amber);--ground:var(--amberbg)}
.change,.task{--mark:var(--blue);--ground:var(--bluebg)}.answer,.calm{--mark:var(--green);--ground:var(--greenbg)}
.doubt{--mark:var(--grey);--ground:var(--greybg)}
.cards{columns:3 340px;column-gap:16px}
.card{margin:0 0 16px;break-inside:avoid}
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
svg a:hover rect,svg a:hover path{opacity:.8}
details{margin-top:8px}
summary{cursor:pointer;color:var(--link);font-size:15px;padding:6px 0;min-height:32px}
tbody th{min-width:6em}
td.b,th.b{text-align:left;width:45%}
td:not(.n){min-width:4.5em}
.pages{list-style:none;margin:0;padding:0;display:grid;grid-template-columns:repeat(auto-fill,minmax(128px,1fr));gap:10px}
.pages a{display:block;background:var(--card);border:1px solid var(--line);border-radius:10px;padding:11px 14px;text-decoration:none}
.bar{display:block;height:8px;border-radius:4px;background:var(--blue);min-width:2px}
@media (max-width:640px){
.said li{flex-direction:column;gap:4px;padding:11px 13px}
.funnel ol{grid-template-columns:minmax(0,1fr);gap:8px}
.funnel li{display:grid;grid-template-columns:1fr auto;align-items:baseline}
.funnel .under{grid-column:1/-1}
.funnel li:not(:last-child)::after{right:auto;left:24px;top:auto;bottom:-8px;margin:0;border:7px solid transparent;border-top-color:var(--soft);border-bottom:0}
}
@media screen and (min-width:1700px){html{zoom:1.3}}
@media print{
nav,.skip,.pages,#pages{display:none}
.said li,.funnel li{break-inside:avoid}
.cards{columns:2}
details>summary{display:none}
}
"""
STYLE = page_style.STYLE + _OWN
