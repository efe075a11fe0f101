"""The month's page of linkage quality."""
def write_page(con, *, month, limits, quality):
    return ""
