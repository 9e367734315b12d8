using System.Text.RegularExpressions;

namespace SimServe.Cli.Tests;

/// <summary>The README's commands are there, and those that take seconds are run.</summary>
public sealed partial class ReadmeTests
{
    private const string Command = "dotnet run -c Release --project src/Cli -- ";

    private static string[] Lines()
    {
        Assume.That(Repository.PathOf("README.md"), Does.Exist);
        return File.ReadAllLines(Repository.PathOf("README.md"));
    }

    // The main job takes minutes: the CI script runs it.
    private static IEnumerable<string> QuickCommands() => Lines()
        .Where(static line => line.StartsWith(Command, StringComparison.Ordinal))
        .Select(static line => line[Command.Length..])
        .Where(static command => !command.StartsWith("validate ", StringComparison.Ordinal));

    [Test]
    public void The_main_job_is_one_command_with_a_scenario_that_exists()
    {
        const string Validate = Command + "validate ";
        var command = Lines().Single(static line => line.StartsWith(Validate, StringComparison.Ordinal));
        Assert.That(Repository.PathOf(command[Validate.Length..].Split(' ')[0]), Does.Exist);
        Assert.That(Repository.PathOf("src/Cli"), Does.Exist);
    }

    [Test]
    public void The_tests_are_one_command() =>
        Assert.That(Lines().Count(static line => line.StartsWith("dotnet test", StringComparison.Ordinal)), Is.EqualTo(1));

    [TestCaseSource(nameof(QuickCommands))]
    public void A_command_works_as_it_stands(string command)
    {
        var folder = Directory.CreateTempSubdirectory("simserve-readme");
        try
        {
            string[] arguments = [.. Word().Matches(command).Select(static word => word.Value.Trim('"'))];
            var result = SimServeProcess.Run([.. WithOut(arguments, folder.FullName)]);
            Assert.That(result.ExitCode, Is.Zero, result.Error);
            Assert.That(folder.GetFiles(), Is.Not.Empty);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    // Only the place of the results is another one.
    private static string[] WithOut(string[] arguments, string folder)
    {
        var at = Array.IndexOf(arguments, "--out");
        return at < 0 ? [.. arguments, "--out", folder] : [.. arguments[..(at + 1)], Path.Combine(folder, Path.GetFileName(arguments[at + 1])), .. arguments[(at + 2)..]];
    }

    [GeneratedRegex("\"[^\"]*\"|\\S+")]
    private static partial Regex Word();
}
