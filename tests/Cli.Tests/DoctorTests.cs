using System.Text.Json;

namespace SimServe.Cli.Tests;

public sealed class DoctorTests
{
    [Test]
    public void The_processor_serves_models_here()
    {
        var result = SimServeProcess.Run("doctor");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.ExitCode, Is.Zero, result.ToString());
            Assert.That(result.Output, Does.Contain("libtorch 2.").And.Contain("works").And.Contain("processor"));
            Assert.That(result.Error, Is.Empty);
        }
    }

    [Test]
    public void Findings_can_be_read_by_a_program()
    {
        var result = SimServeProcess.Run("doctor", "--format", "json");
        using var findings = JsonDocument.Parse(result.Output);
        var torch = findings.RootElement.EnumerateArray().Single(static finding => finding.GetProperty("what").GetString() == "native Torch");
        Assert.That(torch.GetProperty("verdict").GetString(), Is.EqualTo("works"));
    }

    [Test]
    public void A_missing_CUDA_device_is_told_by_the_exit_code()
    {
        var result = SimServeProcess.Run("doctor", "--device", "cuda");
        if (result.ExitCode == 0)
        {
            Assert.Ignore("this machine has a CUDA device");
        }

        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.ExitCode, Is.EqualTo(3));
            Assert.That(result.Output, Does.Contain("SIMSERVE_LIBTORCH").Or.Contain("nvidia-smi").Or.Contain("none is"));
        }
    }
}
