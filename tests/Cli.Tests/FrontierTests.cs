namespace SimServe.Cli.Tests;

/// <summary><c>frontier</c>; that it measures is seen by the README's own command.</summary>
public sealed class FrontierTests
{
    [Test]
    public void Every_faulty_option_is_named_at_once()
    {
        var result = SimServeProcess.Run("frontier", "--edits", "0", "--steps", "1001", "--link-bytes-per-second", "1", "--seed", "-1", "--model", "flux-nano");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.ExitCode, Is.EqualTo(2), result.ToString());
            Assert.That(result.Faults.Select(static fault => fault.Split(": found ")[0]), Is.EquivalentTo(new[] { "--edits", "--steps", "--link-bytes-per-second", "--seed", "--model" }));
            Assert.That(result.Faults, Has.Some.Contains("models/demo-flux"));
        }
    }
}
