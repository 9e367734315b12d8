using System.Globalization;
using SimServe.GpuBackend.Pipelines;

namespace SimServe.Cli.Imaging;

/// <summary>Two whole numbers with a comma between, as sizes and positions stand on the command line.</summary>
internal static class NumberPair
{
    public static (int First, int Second)? Parse(string option, string? text)
    {
        if (text is null)
        {
            return null;
        }

        var parts = text.Split(',');
        return parts.Length == 2 && TryParse(parts[0], out var first) && TryParse(parts[1], out var second)
            ? (first, second)
            : throw new InvalidRequestException($"{option} is \"{text}\" but must be two whole numbers of 0 or more with a comma between, e.g. 1024,1024.");
    }

    private static bool TryParse(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
