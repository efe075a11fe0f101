"""What the operator's page adds to the look of every page: pills for states, small lines, a wide matrix."""

STYLE = """
.pill{display:inline-block;padding:0 9px;border-radius:99px;font-size:12px;font-weight:600;white-space:nowrap;line-height:1.7}
.good{background:var(--greenbg);color:var(--green)}
.wait{background:var(--bluebg);color:var(--blue)}
.warn{background:var(--amberbg);color:var(--amber)}
.bad{background:var(--redbg);color:var(--red)}
.none{background:transparent;color:var(--soft);font-weight:400;padding:0}
.sparks{list-style:none;margin:0;padding:0;display:grid;grid-template-columns:repeat(6,minmax(0,1fr));gap:10px}
.sparks li{background:var(--paper);border-radius:10px;padding:10px 12px;min-width:0}
.sparks .label{color:var(--soft);font-size:13px;display:block}
.sparks strong{font-size:20px;font-weight:680;font-variant-numeric:tabular-nums}
.sparks .was{color:var(--soft);font-size:12px;margin-left:6px;white-space:nowrap}
.spark{margin-top:4px}
.spark polyline{fill:none;stroke:var(--blue);stroke-width:2;stroke-linejoin:round;stroke-linecap:round}
.spark polygon{fill:var(--bluebg)}
.spark circle{fill:var(--blue)}
.matrix td,.matrix thead th{text-align:center;padding:7px 6px;white-space:nowrap}
.matrix td:first-child,.matrix thead th:first-child{text-align:left}
.matrix small{display:block;color:var(--soft);font-size:11px;font-variant-numeric:tabular-nums;margin-top:2px}
.todo{margin:0;padding:0;list-style:none;display:grid;gap:10px}
.todo li{border-left:4px solid var(--line);padding:2px 0 2px 14px}
.todo li.bad,.todo li.warn,.todo li.wait{background:none;color:inherit}
.todo li.bad{border-color:var(--red)}
.todo li.warn{border-color:var(--amber)}
.todo li.wait{border-color:var(--blue)}
.todo p{margin:2px 0}
.todo .en{color:var(--soft);font-size:13px;overflow-wrap:anywhere}
.verdict{display:grid;grid-template-columns:76px minmax(0,1fr) minmax(0,1fr);gap:14px;padding:10px 0;border-bottom:1px solid var(--line)}
.verdict:last-child{border-bottom:0}
.verdict ul{margin:4px 0 0;padding-left:18px;font-size:13.5px}
.verdict b{font-weight:600}
.verdict .quiet{margin-top:2px}
.runs td{font-size:13.5px;white-space:nowrap}
.runs td.why{min-width:260px;white-space:normal;overflow-wrap:anywhere}
@media screen and (max-width:760px){.sparks{grid-template-columns:repeat(2,minmax(0,1fr))}.verdict{grid-template-columns:minmax(0,1fr)}}
"""
