"""The look of the month's page: system fonts only, one column on a phone, black on white in print."""

STYLE = """
:root{--ink:#1D2939;--soft:#667085;--line:#E4E7EC;--deep:#1F4E79;--paper:#F6F7F9;--red:#B42318;--green:#2E7D5B}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);line-height:1.55;font-size:15px;
font-family:-apple-system,"PingFang SC","HarmonyOS Sans SC","Microsoft YaHei","Noto Sans CJK SC","Source Han Sans SC",sans-serif}
header{background:var(--deep);color:#fff;padding:28px max(20px,calc((100vw - 1120px)/2)) 24px}
header h1{margin:2px 0 10px;font-size:clamp(21px,3.4vw,31px);font-weight:650;letter-spacing:.02em}
.eyebrow{margin:0;opacity:.75;font-size:13px;letter-spacing:.12em}
.notice{display:inline-block;margin:0;padding:3px 12px;border:1px solid rgba(255,255,255,.45);border-radius:99px;font-size:13px}
main{max-width:1120px;margin:0 auto;padding:22px 20px;display:grid;gap:18px}
h2{margin:0 0 12px;font-size:17px;font-weight:650}
h3{margin:0;font-size:15px;font-weight:600}
.card,.flow{background:#fff;border:1px solid var(--line);border-radius:12px;padding:18px 20px;min-width:0}
.pair{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:18px;align-items:start}
.flow ol{list-style:none;margin:0;padding:0;display:grid;grid-template-columns:repeat(5,minmax(0,1fr));gap:10px}
.flow li{position:relative;background:#EEF4FA;border-radius:10px;padding:12px 14px;display:flex;flex-direction:column}
.flow li:nth-child(n+4){background:#FEF3F2}
.flow li:not(:last-child)::after{content:"";position:absolute;right:-9px;top:50%;margin-top:-7px;z-index:1;
border:7px solid transparent;border-left-color:#9AB6D3;border-right:0}
.flow .label{color:var(--soft);font-size:13px}
.flow strong{font-size:clamp(20px,2.6vw,28px);font-weight:680;font-variant-numeric:tabular-nums;line-height:1.3}
.flow .sub{color:var(--soft);font-size:12px}
svg{display:block;width:100%;height:auto}
svg text{font-family:inherit}
.stack{display:grid;gap:18px}
.wide{overflow-x:auto}
.wide svg{min-width:420px}
table{border-collapse:collapse;width:100%;font-size:14px}
th{text-align:left;color:var(--soft);font-weight:500;font-size:13px;border-bottom:1px solid #CBD5E1;padding:4px 10px 6px 0;white-space:nowrap}
td{border-bottom:1px solid var(--line);padding:6px 10px 6px 0;vertical-align:top}
tr:last-child td{border-bottom:0}
td.n{font-variant-numeric:tabular-nums;white-space:nowrap}
.quiet{color:var(--soft);margin:4px 0;font-size:14px}
.gate+.gate{margin-top:14px;padding-top:14px;border-top:1px solid var(--line)}
.gate ul{margin:6px 0 0;padding-left:18px;font-size:14px}
.pass{margin-left:8px;padding:1px 9px;border-radius:99px;background:#E7F4EE;color:var(--green);font-size:12px;font-weight:600}
.let-go{margin-left:8px;padding:1px 9px;border-radius:99px;background:#FDF3E1;color:#8A5A00;font-size:12px;font-weight:600}
footer{max-width:1120px;margin:0 auto;padding:0 20px 30px;color:var(--soft);font-size:13px}
@media (max-width:760px){
.pair{grid-template-columns:minmax(0,1fr)}
.flow ol{grid-template-columns:minmax(0,1fr)}
.flow li{display:grid;grid-template-columns:auto auto;justify-content:space-between;align-items:baseline}
.flow .sub{grid-column:1/-1}
.flow li:not(:last-child)::after{right:auto;left:50%;top:auto;bottom:-9px;margin:0 0 0 -7px;
border:7px solid transparent;border-top-color:#9AB6D3;border-bottom:0}
.card,.flow{padding:15px 14px}
}
@media print{
@page{size:A4;margin:12mm}
body{background:#fff;font-size:12px}
header{background:#fff;color:var(--ink);padding:0 0 8px;border-bottom:2px solid var(--deep)}
.notice{border-color:var(--red);color:var(--red)}
main,footer{padding:10px 0;max-width:none}
.card,.flow,.flow li,tr{break-inside:avoid}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}
}
"""
