using ScottPlot;
using SimServe.Simulator.Reports.Charts;
using SkiaSharp;

namespace SimServe.Cli.Plots;

/// <summary>What all pictures look like.</summary>
internal static class PlotStyle
{
    public const int Width = 1100;
    public const int Height = 560;
    public const float LineWidth = 2;

    private const int LongestTitle = 100;
    private const int LongestName = 48;

    // Okabe and Ito's colours, which most colour-blind readers can tell apart (jfly.uni-koeln.de/color), without their yellow, which is faint on white.
    private static readonly Color[] Colors =
    [
        Color.FromHex("#0072B2"), Color.FromHex("#D55E00"), Color.FromHex("#009E73"), Color.FromHex("#CC79A7"), Color.FromHex("#56B4E9"), Color.FromHex("#E69F00"),
        Color.FromHex("#000000"), Color.FromHex("#8C6D31"), Color.FromHex("#6A3D9A"), Color.FromHex("#7F7F7F"),
    ];

    public static MarkerShape ShapeOf(int number) => Shapes[number % Shapes.Length];

    public static Color Threshold { get; } = Color.FromHex("#444444");

    public static Color ColorOf(int number) => Colors[number % Colors.Length];

    private static readonly MarkerShape[] Shapes =
        [MarkerShape.FilledCircle, MarkerShape.FilledSquare, MarkerShape.FilledTriangleUp, MarkerShape.FilledDiamond, MarkerShape.FilledTriangleDown];

    // The first of these that is installed; what ScottPlot takes otherwise is a serif font on some systems.
    private static readonly string[] FontNames = ["DejaVu Sans", "Liberation Sans", "Noto Sans", "Segoe UI", "Arial", "Helvetica"];

    static PlotStyle()
    {
        if (FontNames.Intersect(SKFontManager.Default.FontFamilies, StringComparer.OrdinalIgnoreCase).FirstOrDefault() is { } name)
        {
            Fonts.Default = name;
        }

        Typeface = SKTypeface.FromFamilyName(Fonts.Default);
    }

    /// <summary>Of texts that no plot draws.</summary>
    public static SKTypeface Typeface { get; }

    public static Plot Create(string title)
    {
        var plot = new Plot();
        plot.Title(title, 17);
        plot.Axes.Title.Label.Bold = true;
        plot.Grid.MajorLineColor = Color.FromHex("#E4E4E4");
        plot.Axes.Top.FrameLineStyle.Width = 0;
        plot.Axes.Right.FrameLineStyle.Width = 0;
        plot.Legend.FontSize = 13;
        plot.Legend.OutlineWidth = 0;
        plot.Legend.ShadowColor = Color.FromHex("#FFFFFF00");
        return plot;
    }

    /// <summary>The chart's title, and which run's it is, in one line or two.</summary>
    public static string TitleOf(Chart chart, string report) =>
        chart.Title.Length + report.Length < LongestTitle ? $"{chart.Title} ({report})" : $"{chart.Title}\n({Short(report, LongestTitle)})";

    /// <summary>A name that leaves room for the picture.</summary>
    public static string Short(string name, int longest = LongestName) => name.Length <= longest ? name : $"{name[..(longest - 1)]}…";

    /// <summary>A picture of one plot with its legend to the right, where nothing is drawn.</summary>
    public static PlotPicture Picture(Plot plot, bool hasLegend = true, int height = Height)
    {
        if (hasLegend)
        {
            plot.ShowLegend(Edge.Right).Alignment = Alignment.UpperCenter;
        }

        var picture = new PlotPicture(Width, height);
        picture.Add(plot, 0, height);
        return picture;
    }
}
