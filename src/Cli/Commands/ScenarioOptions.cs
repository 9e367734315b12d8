using System.CommandLine;

namespace SimServe.Cli.Commands;

/// <summary>The options of every verb that takes a scenario.</summary>
internal static class ScenarioOptions
{
    public static Option<string?> Output()
    {
        var output = new Option<string?>("--out") { Description = "folder for the results; default: out/ and the scenario's name (for simulate with -simulated, for compare with -comparison)" };
        output.Validators.Add(static found =>
        {
            var folder = found.GetValueOrDefault<string>();
            if (string.IsNullOrWhiteSpace(folder) || File.Exists(folder))
            {
                found.AddError($"--out: found \"{folder}\"; allowed: a folder, which need not exist. Name another.");
            }
        });
        return output;
    }

    public static Option<string[]> Settings() => new("--set")
    {
        Description = "path=value in place of the file's, e.g. workload.requests=20 or templates.0.seed=7; may be repeated",
    };
}
