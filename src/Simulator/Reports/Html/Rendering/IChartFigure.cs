using System.Text.Json;

namespace SimServe.Simulator.Reports.Html.Rendering;

/// <summary>A chart made ready for the page.</summary>
internal interface IChartFigure
{
    /// <summary>Which function of the script draws it.</summary>
    string Kind { get; }

    /// <summary>Whether there is nothing to draw.</summary>
    bool IsEmpty { get; }

    /// <summary>What was left out or thinned.</summary>
    IReadOnlyList<string> Remarks { get; }

    /// <summary>Its key numbers, of all data, thinned or not.</summary>
    HtmlTable Numbers { get; }

    /// <summary>Whether the numbers are as important as the chart.</summary>
    bool NumbersAreOpen { get; }

    /// <summary>Writes the members of the object that the script reads.</summary>
    void WriteData(Utf8JsonWriter json);
}
