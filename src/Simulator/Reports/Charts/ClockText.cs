using System.Globalization;

namespace SimServe.Simulator.Reports.Charts;

/// <summary>Seconds after the start as hours, minutes and seconds.</summary>
internal static class ClockText
{
    private const int SecondsPerMinute = 60;
    private const int SecondsPerHour = 3600;

    public static string Of(double seconds)
    {
        if (!double.IsFinite(seconds))
        {
            return NumberText.None;
        }

        var sign = seconds < 0 ? "-" : "";
        var rest = Math.Round(Math.Abs(seconds), 3);
        if (rest < SecondsPerMinute)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{sign}{rest:0.###} s");
        }

        var (hours, minutes) = (Math.Floor(rest / SecondsPerHour), Math.Floor(rest % SecondsPerHour / SecondsPerMinute));
        return string.Create(CultureInfo.InvariantCulture, $"{sign}{hours:0}:{minutes:00}:{rest % SecondsPerMinute:00.###}");
    }
}
