using System.CommandLine;
using System.Globalization;
using SimServe.Simulator.Scenarios;
using SimServe.Simulator.Traces;
using SimServe.Simulator.Workloads;

namespace SimServe.Cli.Traces;

/// <summary>The options of <c>trace import</c> that say what fills the fields a file lacks.</summary>
internal sealed class FillingOptions
{
    private static readonly TraceImportOptions Defaults = new();

    private readonly Option<string?> _seed = new("--seed") { Description = "seed of everything that is drawn; default 0" };
    private readonly Option<string?> _steps = new("--steps") { Description = $"denoising steps; default {Defaults.Steps}" };
    private readonly Option<string?> _templates = new("--templates") { Description = $"number of templates; default {Defaults.Templates}" };
    private readonly Option<string?> _skew = new("--template-skew") { Description = "Zipf exponent of their popularity; default 0" };
    private readonly Option<string?> _masks = new("--masks") { Description = $"distribution of mask ratios; default {Defaults.MaskRatios}" };
    private readonly Option<string?> _rate = new("--rate") { Description = "rate of Poisson arrivals for files without times, requests/s; default 1" };

    public void AddTo(Command command)
    {
        foreach (var option in new[] { _seed, _steps, _templates, _skew, _masks, _rate })
        {
            command.Add(option);
        }
    }

    // Throws InvalidInputException with every fault.
    public TraceImportOptions Read(ParseResult parsed)
    {
        var faults = new List<InputFault>();
        var options = new TraceImportOptions
        {
            Seed = Whole(parsed, _seed, 0, Defaults.Seed, faults),
            Steps = (int)Whole(parsed, _steps, 1, Defaults.Steps, faults),
            Templates = (int)Whole(parsed, _templates, 1, Defaults.Templates, faults),
            TemplateZipfExponent = Number(parsed, _skew, 0, 10, Defaults.TemplateZipfExponent, faults),
            MaskRatios = Masks(parsed.GetValue(_masks), faults),
            RequestsPerSecond = Number(parsed, _rate, 1e-6, 1e6, Defaults.RequestsPerSecond, faults),
        };
        faults.ThrowIfAny("The command line");
        return options;
    }

    private static long Whole(ParseResult parsed, Option<string?> option, int least, long fallback, List<InputFault> faults)
    {
        if (parsed.GetValue(option) is not { } text)
        {
            return fallback;
        }

        long? value = long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;
        faults.CheckWhole(option.Name, value, least, int.MaxValue, $"\"{text}\"");
        return Math.Clamp(value ?? fallback, least, int.MaxValue);
    }

    private static double Number(ParseResult parsed, Option<string?> option, double least, double most, double fallback, List<InputFault> faults)
    {
        if (parsed.GetValue(option) is not { } text)
        {
            return fallback;
        }

        var value = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : double.NaN;
        faults.CheckNumber(option.Name, value, least, most, $"\"{text}\"");
        return value;
    }

    private static string Masks(string? name, List<InputFault> faults)
    {
        try
        {
            return name is null ? Defaults.MaskRatios : MaskRatios.Parse(name).Name;
        }
        catch (ArgumentException)
        {
            faults.Add(new InputFault("--masks", $"\"{name}\"", string.Join(", ", MaskRatios.KnownNames), "Use one of those, with 0 < x <= 1 and 0 <= a < b <= 1."));
            return Defaults.MaskRatios;
        }
    }
}
