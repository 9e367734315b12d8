using System.CommandLine;
using SimServe.Cli.Terminals;
using SimServe.Cli.Validation;
using SimServe.GpuBackend.Devices;

namespace SimServe.Cli.Commands;

/// <summary>The options of the verbs that serve on real devices: which kind, and in which numbers.</summary>
internal sealed class ServingDevice
{
    private readonly Option<string> _device = new("--device") { Description = "the kind of real device", DefaultValueFactory = static _ => "cpu" };
    private readonly Option<string?> _type = new("--dtype") { Description = "numbers that the model computes in; default: float32 on cpu, bfloat16 on cuda" };

    public ServingDevice()
    {
        _device.AcceptOnlyFromAmong([.. TorchNames.DeviceNames]);
        _type.AcceptOnlyFromAmong([.. TorchNames.TypeNames]);
    }

    public void AddTo(Command command)
    {
        command.Add(_device);
        command.Add(_type);
    }

    // Null, and says so, where it is not.
    public ServingChoice? Find(ParseResult parsed, Terminal terminal)
    {
        var name = parsed.GetRequiredValue(_device);
        try
        {
            // The processor is always there, and libtorch need not be loaded before the rest of the input has been checked.
            _ = name == ServingChoice.Processor.Device ? null : TorchNames.Device(name);
            return new ServingChoice(name, parsed.GetValue(_type) ?? (name == ServingChoice.Processor.Device ? ServingChoice.Processor.Type : "bfloat16"));
        }
        catch (DeviceFailedException fault)
        {
            terminal.Complain(fault.Message);
            return null;
        }
    }
}
