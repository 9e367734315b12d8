using BenchmarkDotNet.Running;
using SimServe.Benchmarks.AddOns;
using SimServe.Benchmarks.Backbones;
using SimServe.Benchmarks.Families;

// dotnet run -c Release --project benchmarks -- --filter '*EventCalendar*'
// dotnet run -c Release --project benchmarks -- families models/demo-sd experiments/families/measured.md
// dotnet run -c Release --project benchmarks -- backbone
// dotnet run -c Release --project benchmarks -- add-ons models/demo-sd
// The project asks for workstation, non-concurrent collection: server collection makes allocation counts jitter.
if (args is ["backbone"])
{
    BackboneStudy.Run();
    return;
}

if (args is ["add-ons", var served])
{
    new AddOnStudy(served).Run();
    return;
}

if (args is ["families", var model, var file])
{
    FamiliesStudy.Run(model, file);
    return;
}

BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
