using SimServe.Simulator.Reports.Charts;

namespace SimServe.Simulator.Reports.Html;

/// <summary>A cell of a table: a text, or a number with its text.</summary>
public readonly record struct HtmlCell
{
    private readonly string? _text;

    private HtmlCell(string text, double? number)
    {
        _text = text;
        Number = number;
    }

    /// <summary>What is written.</summary>
    public string Text => _text ?? "";

    /// <summary>What the cell is sorted by; null for a text.</summary>
    public double? Number { get; }

    /// <summary>A text.</summary>
    /// <param name="text">The text.</param>
    public static HtmlCell Of(string text) => new(text, null);

    /// <summary>A number with about four significant digits, or a dash for one that is not finite.</summary>
    /// <param name="number">The number.</param>
    public static HtmlCell Of(double number) => new(NumberText.Of(number), number);

    /// <summary>A number with a text of its own, e.g. <c>98.2 %</c> or <c>1.2 ± 0.1</c>.</summary>
    /// <param name="number">What the cell is sorted by.</param>
    /// <param name="text">What is written.</param>
    public static HtmlCell Of(double number, string text) => new(text, number);

    /// <summary>A share as per cent with one decimal.</summary>
    /// <param name="share">From 0 to 1.</param>
    public static HtmlCell Percent(double share) => new(NumberText.Percent(share), share);

    /// <summary>A text, so that rows can be written as lists.</summary>
    /// <param name="text">The text.</param>
    public static implicit operator HtmlCell(string text) => Of(text);

    /// <summary>A number, so that rows can be written as lists.</summary>
    /// <param name="number">The number.</param>
    public static implicit operator HtmlCell(double number) => Of(number);
}
