namespace SimServe.Cli.Plots;

/// <summary>The kinds of picture that a report's charts are also written as.</summary>
[Flags]
internal enum PlotFormats
{
    None = 0,
    Png = 1,
    Svg = 2,
}
