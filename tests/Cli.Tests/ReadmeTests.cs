namespace SimServe.Cli.Tests;

/// <summary>The first screen's commands are there and lead somewhere.</summary>
public sealed class ReadmeTests
{
    private const string Validate = "dotnet run -c Release --project src/Cli -- validate ";

    private static string[] Lines()
    {
        Assume.That(Repository.PathOf("README.md"), Does.Exist);
        return File.ReadAllLines(Repository.PathOf("README.md"));
    }

    [Test]
    public void The_main_job_is_one_command_with_a_scenario_that_exists()
    {
        var command = Lines().Single(static line => line.StartsWith(Validate, StringComparison.Ordinal));
        Assert.That(Repository.PathOf(command[Validate.Length..].Split(' ')[0]), Does.Exist);
        Assert.That(Repository.PathOf("src/Cli"), Does.Exist);
    }

    [Test]
    public void The_tests_are_one_command() =>
        Assert.That(Lines().Count(static line => line.StartsWith("dotnet test", StringComparison.Ordinal)), Is.EqualTo(1));
}
