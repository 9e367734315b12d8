using SimServe.Simulator.Reports.Html;

namespace SimServe.Simulator.Tests.Reports.Html;

public sealed class HtmlTableTests
{
    [Test]
    public void A_column_of_numbers_is_marked_and_carries_them()
    {
        var page = Page.Of(new HtmlTable { Title = "t", Columns = ["fleet", "cost, $"], Rows = [["8 x H800", HtmlCell.Of(1234.5678, "$1,235")], ["none", ""]] });
        using (Assert.EnterMultipleScope())
        {
            Assert.That(page, Does.Contain("<th scope=\"col\" class=\"number\">cost, $</th>").And.Contain("<th scope=\"col\">fleet</th>"));
            Assert.That(page, Does.Contain("<td class=\"number\" data-value=\"1234.5678\">$1,235</td>"));
        }
    }

    [Test]
    public void A_column_with_one_text_is_text()
    {
        var page = Page.Of(new HtmlTable { Title = "t", Columns = ["p99, s"], Rows = [[1.5], ["infeasible"]] });
        Assert.That(page, Does.Contain("<th scope=\"col\">p99, s</th>").And.Contain("<td data-value=\"1.5\">1.5</td>"));
    }

    [Test]
    public void The_highlighted_row_is_marked()
    {
        var page = Page.Of(new HtmlTable { Title = "t", Columns = ["a"], Rows = [["first"], ["second"]], HighlightedRows = [1] });
        Assert.That(page, Does.Contain("<tr class=\"highlighted\"><td>second</td></tr>").And.Contain("<tr><td>first</td></tr>"));
    }

    [Test]
    public void A_table_without_rows_says_so() => Assert.That(Page.Of(new HtmlTable { Title = "t", Columns = ["a"], Rows = [] }), Does.Contain("No rows."));

    [Test]
    public void A_row_with_other_cells_names_table_and_row()
    {
        var table = new HtmlTable { Title = "prices", Columns = ["a", "b"], Rows = [["1", "2"], ["1"]] };
        Assert.That(() => Page.Of(table), Throws.ArgumentException.With.Message.EqualTo("Row 1 of table \"prices\" has 1 cells; it must have 2, one per column."));
    }

    [Test]
    public void A_highlighted_row_that_is_not_there_names_it()
    {
        var table = new HtmlTable { Title = "prices", Columns = ["a"], Rows = [["1"]], HighlightedRows = [1] };
        Assert.That(() => Page.Of(table), Throws.ArgumentException.With.Message.Contains("\"prices\" highlights row 1; it has 1 rows"));
    }
}
