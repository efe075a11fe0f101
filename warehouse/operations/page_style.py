"""What the operator's page adds to the look of the month's page: pills for states, small lines, a wide matrix."""

STYLE = """
.pill{display:inline-block;padding:0 9px;border-radius:99px;font-size:12px;font-weight:600;white-space:nowrap;line-height:1.7}
.good{background:#E7F4EE;color:#2E7D5B}
.wait{background:#EEF4FA;color:#1F4E79}
.warn{background:#FEF5E7;color:#93590B}
.bad{background:#FDECEA;color:#B42318}
.none{background:transparent;color:#98A2B3;font-weight:400;padding:0}
.sparks{list-style:none;margin:0;padding:0;display:grid;grid-template-columns:repeat(6,minmax(0,1fr));gap:10px}
.sparks li{background:#F6F9FC;border-radius:10px;padding:10px 12px;min-width:0}
.sparks .label{color:var(--soft);font-size:13px;display:block}
.sparks strong{font-size:20px;font-weight:680;font-variant-numeric:tabular-nums}
.sparks .was{color:var(--soft);font-size:12px;margin-left:6px;white-space:nowrap}
.spark{margin-top:4px}
.spark polyline{fill:none;stroke:#1F4E79;stroke-width:2;stroke-linejoin:round;stroke-linecap:round}
.spark polygon{fill:#DCE8F4}
.spark circle{fill:#1F4E79}
.matrix td,.matrix th{text-align:center;padding:7px 6px;white-space:nowrap}
.matrix td:first-child,.matrix th:first-child{text-align:left}
.matrix small{display:block;color:var(--soft);font-size:11px;font-variant-numeric:tabular-nums;margin-top:2px}
.todo{margin:0;padding:0;list-style:none;display:grid;gap:10px}
.todo li{border-left:4px solid #E4E7EC;padding:2px 0 2px 14px}
.todo li.bad{border-color:#B42318;background:none;color:inherit}
.todo li.warn{border-color:#E3A33B;background:none;color:inherit}
.todo li.wait{border-color:#9AB6D3;background:none;color:inherit}
.todo p{margin:2px 0}
.todo .en{color:var(--soft);font-size:13px;overflow-wrap:anywhere}
.verdict{display:grid;grid-template-columns:76px minmax(0,1fr) minmax(0,1fr);gap:14px;padding:10px 0;border-bottom:1px solid var(--line)}
.verdict:last-child{border-bottom:0}
.verdict ul{margin:4px 0 0;padding-left:18px;font-size:13.5px}
.verdict b{font-weight:600}
.runs td{font-size:13.5px}
.runs td.why{min-width:260px;white-space:normal;overflow-wrap:anywhere}
.runs td{white-space:nowrap}
@media (max-width:760px){.sparks{grid-template-columns:repeat(2,minmax(0,1fr))}.verdict{grid-template-columns:minmax(0,1fr)}}
"""
