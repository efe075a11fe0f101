' What a village does in LibreOffice: opens the list, types its answers, sorts, saves: as xlsx, as xls, as csv.
Sub Fill(folder As String)
  On Error Goto Failed
  Dim nothing_asked()
  book = StarDesktop.loadComponentFromURL(ConvertToURL(folder & "/in.xlsx"), "_blank", 0, nothing_asked())
  page = book.Sheets.getByName("第1村")
  head = HeaderRow(page)
  keys = PlaceOf(page, head, "预警编号")
  For line = head + 1 To head + 3
    page.getCellByPosition(PlaceOf(page, head, "核查结果"), line).FormulaLocal = "属实"
    page.getCellByPosition(PlaceOf(page, head, "拟纳入救助"), line).FormulaLocal = "低保"
    page.getCellByPosition(PlaceOf(page, head, "核查人"), line).FormulaLocal = "更登"
    page.getCellByPosition(PlaceOf(page, head, "核查日期"), line).FormulaLocal = "2026-11-05"
  Next
  ' Typing goes on although the sheet is protected; sorting whole rows needs it open.
  page.unprotect("")
  last = head
  Do While page.getCellByPosition(keys, last + 1).String <> ""
    last = last + 1
  Loop
  Dim by(0) As New com.sun.star.table.TableSortField
  by(0).Field = keys
  by(0).IsAscending = False
  Dim how(0) As New com.sun.star.beans.PropertyValue
  how(0).Name = "SortFields"
  how(0).Value = by()
  page.getCellRangeByPosition(0, head + 1, keys, last).sort(how())
  page.Name = "第1村（已核）"
  book.CurrentController.setActiveSheet(page)
  Keep(book, folder & "/out.xlsx", "Calc MS Excel 2007 XML", "")
  Keep(book, folder & "/out.xls", "MS Excel 97", "")
  Keep(book, folder & "/out.csv", "Text - txt - csv (StarCalc)", "44,34,76,1")
  book.close(True)
  StarDesktop.terminate()
  Exit Sub
Failed:
  Open folder & "/failed.txt" For Output As #1
  Print #1, "line " & Erl & ": " & Error$
  Close #1
  StarDesktop.terminate()
End Sub

Function HeaderRow(page) As Long
  For line = 0 To 30
    If PlaceOf(page, line, "核查结果") >= 0 Then
      HeaderRow = line
      Exit Function
    End If
  Next
End Function

Function PlaceOf(page, line, header As String) As Long
  PlaceOf = -1
  For place = 0 To 60
    If page.getCellByPosition(place, line).String = header Then
      PlaceOf = place
      Exit Function
    End If
  Next
End Function

Sub Keep(book, path As String, filter As String, options As String)
  Dim how(1) As New com.sun.star.beans.PropertyValue
  how(0).Name = "FilterName"
  how(0).Value = filter
  how(1).Name = "FilterOptions"
  how(1).Value = options
  book.storeToURL(ConvertToURL(path), how())
End Sub
