using System.Globalization;

namespace SimServe.Simulator.Reports.Charts;

/// <summary>Numbers as text, the same wherever the report is made. The script's <c>numberText</c> writes the same.</summary>
internal static class NumberText
{
    public const string None = "–";

    public static string Of(double value)
    {
        if (!double.IsFinite(value))
        {
            return None;
        }

        var size = Math.Abs(value);
        if (size is not 0 and (< 1e-4 or >= 1e12))
        {
            return value.ToString("0.###e0", CultureInfo.InvariantCulture);
        }

        return size < 999.95 ? value.ToString("G4", CultureInfo.InvariantCulture) : value.ToString("#,##0", CultureInfo.InvariantCulture);
    }

    public static string Percent(double share) =>
        double.IsFinite(share) ? (share * 100).ToString("0.0", CultureInfo.InvariantCulture) + " %" : None;

    public static string Count(int count) => count.ToString("#,##0", CultureInfo.InvariantCulture);
}
